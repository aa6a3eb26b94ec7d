import { assertAlmostEquals, assertEquals } from "@std/assert";
import { type CaseRequest, ClaimFigures, requestKey } from "../../src/claim/claim_figures.ts";
import { answerQuestions, type Comparison, verdictOf } from "../../src/claim/comparison_rows.ts";
import type { Trial } from "../../src/model/trial.ts";
import { sampleRecord } from "../support/sample_record.ts";

const BASE_NS = 1_000;
const cell = (transport: string): CaseRequest => ({
  scenario: "round-trip",
  transport,
  params: {},
});

/** Figures of cells that were so much faster than `base`, as log-ratios by round, by the transport's name. */
function figuresOf(logs: Readonly<Record<string, readonly number[]>>): ClaimFigures {
  const record = sampleRecord({ rounds: 1 });
  const [sample] = record.trials;
  const rounds = Math.max(...Object.values(logs).map((list) => list.length));
  const trialsOf = (transport: string, p50s: readonly number[]): Trial[] =>
    p50s.map((p50, index) => ({ ...sample!, case: transport, round: index + 1, values: { p50 } }));
  const trials = [
    ...trialsOf("base", Array.from({ length: rounds }, () => BASE_NS)),
    ...Object.entries(logs).flatMap(([name, list]) =>
      trialsOf(name, list.map((log) => BASE_NS * Math.exp(-log)))
    ),
  ];
  const names = ["base", ...Object.keys(logs)];
  const cases = names.map((id) => ({ ...record.cases[0]!, id }));
  const ids = new Map(names.map((name) => [requestKey(cell(name)), name]));
  return new ClaimFigures({ ...record, cases, trials }, ids);
}

/** One question for each name, or the same one for all. */
const rowsOf = (names: readonly string[], question?: string): Comparison[] =>
  names.map((name) => ({
    question: question ?? name,
    what: name,
    first: cell(name),
    base: cell("base"),
    metric: "p50",
  }));

const ROUNDS = 12;
const clearly = (sign: number) =>
  Array.from({ length: ROUNDS }, (_, k) => sign * (0.1 + k / 1_000));
/** Ten rounds of twelve: an interval of 95 % excludes 1, and among 24 rows one such is what chance brings. */
const byChance = clearly(1).map((log, round) => round < 2 ? -2 * log : log);
const same = clearly(1).map((log, round) => round % 2 === 0 ? log : -log);

Deno.test("answerQuestions() says better of a question alone that it does not among many", () => {
  const [alone] = answerQuestions(rowsOf(["chance"]), figuresOf({ chance: byChance }));
  assertEquals(alone!.difference, "better");
  const clear = answerQuestions(
    rowsOf(["up", "down"]),
    figuresOf({ up: clearly(1), down: clearly(-1) }),
  );
  assertEquals(clear.map(({ difference }) => difference), ["better", "worse"]);
  const names = ["chance", ...Array.from({ length: 23 }, (_, k) => `same${k}`)];
  const logs = Object.fromEntries(names.map((name) => [name, name === "chance" ? byChance : same]));
  const answers = answerQuestions(rowsOf(names), figuresOf(logs));
  assertEquals(new Set(answers.map(({ difference }) => difference)), new Set(["none found"]));
  assertEquals(verdictOf(answers), "undecided");
});

Deno.test("answerQuestions() finds no difference in one that nobody would act on, however clear", () => {
  const small = Array.from({ length: ROUNDS }, (_, k) => Math.log(1.01) + k / 1e5);
  const [answer] = answerQuestions(rowsOf(["small"]), figuresOf({ small }));
  assertEquals(answer!.difference, "none found");
});

Deno.test("answerQuestions() decides by the mean of a question's rows where each alone is at the edge", () => {
  // Each size lost three rounds, and never the same: alone none is clear, and in each round the three together are.
  const names = ["small", "middle", "large"];
  const edge = Object.fromEntries(
    names.map((name, index) => [
      name,
      clearly(1).map((log, round) => round % 4 === index ? -log / 2 : 3 * log),
    ]),
  );
  const figures = figuresOf({ ...edge, other: clearly(-1) });
  const other = rowsOf(["other"]);
  const apart = answerQuestions([...rowsOf(names), ...other], figures);
  assertEquals(verdictOf(apart), "does not hold");
  const together = answerQuestions([...rowsOf(names, "sizes"), ...other], figures);
  assertEquals(
    together.map(({ question, rows, difference }) => [question, rows, difference]),
    [["sizes", 3, "better"], ["other", 1, "worse"]],
  );
  assertEquals(verdictOf(together), "holds in part");
});

Deno.test("ClaimFigures.jointRatio() is the geometric mean of each round, and leaves out what was not measured", () => {
  const figures = figuresOf({
    twice: Array.from({ length: ROUNDS }, () => Math.log(2)),
    eighth: Array.from({ length: ROUNDS }, () => Math.log(1 / 8)),
    short: clearly(1).slice(0, 7),
  });
  const joint = (...names: readonly string[]) =>
    figures.jointRatio(names.map((name) => [cell(name), cell("base")] as const), "p50");
  const both = joint("twice", "eighth", "never")!;
  assertAlmostEquals(both.ratio, 0.5, 1e-9);
  assertEquals(both.n, ROUNDS);
  assertEquals(joint("twice", "short")!.n, 7);
  assertEquals(joint("never"), undefined);
});

Deno.test("ClaimFigures.atBothEnds() counts by the operations within which it was read", () => {
  const record = sampleRecord({ rounds: 1 });
  const [sample] = record.trials;
  const counters = { "drive.voluntarySwitches": 40, "serve.voluntarySwitches": 20 };
  const trials = [
    { ...sample!, case: "base", operations: 1_000, evidenceOperations: 30, counters },
    { ...sample!, case: "base", operations: 10, counters },
    { ...sample!, case: "base", operations: 5_000 },
  ];
  const ids = new Map([[requestKey(cell("base")), "base"]]);
  const figures = new ClaimFigures({ ...record, trials }, ids);
  assertEquals(figures.atBothEnds(cell("base"), ["voluntarySwitches"]), 3);
  assertEquals(figures.atBothEnds(cell("never"), ["voluntarySwitches"]), undefined);
});

Deno.test("verdictOf() reaches every verdict", () => {
  const verdict = (...signs: readonly number[]) => {
    const logs = Object.fromEntries(
      signs.map((sign, index) => [`${sign}/${index}`, sign === 0 ? same : clearly(sign)]),
    );
    return verdictOf(answerQuestions(rowsOf(Object.keys(logs)), figuresOf(logs)));
  };
  assertEquals(verdict(1, 1), "holds");
  assertEquals(verdict(1, 0), "holds in part");
  assertEquals(verdict(1, -1), "holds in part");
  assertEquals(verdict(0, -1), "does not hold");
  assertEquals(verdict(0, 0), "undecided");
});
