import { assert, assertEquals } from "@std/assert";
import { answerTable } from "../../src/report/build/answer_line.ts";
import {
  answerQuestions,
  type AnswerSource,
  formatPlaces,
} from "../../src/report/build/answers.ts";
import { buildRecordDocument } from "../../src/report/build/record_document.ts";
import { writeRange } from "../../src/report/document/format_inline.ts";
import type {
  ColumnMetric,
  FactorKey,
  FigureCell,
  Table,
} from "../../src/report/document/table.ts";
import type { TrialValues } from "../../src/compare/trial_values.ts";
import { sampleRecord } from "../support/sample_record.ts";
import { pageOf, tableOf, tablesOf } from "./read_document.ts";

const METRIC: ColumnMetric = { id: "p50", title: "p50", unit: "ns", better: "lower" };

/** A cell whose rounds are by turns `wave` above and below its value: two with opposite waves cannot be told apart. */
interface TestCell extends FigureCell {
  readonly wave: number;
}

let cells = 0;
function cell(value: number, wave = 0): TestCell {
  const figure = { kind: "figure", value, low: value - 1, high: value + 1 } as const;
  return { ...figure, case: `case ${cells++}`, n: 8, confidence: 0.96, wave };
}

function valuesOf(rows: readonly TestRow[], rounds: number): TrialValues {
  const known = rows.flatMap(([, ...own]) => own).filter((one) => one !== null);
  return {
    succeeded: () => [],
    failed: () => [],
    of(id) {
      const one = known.find((cell) => cell.case === id);
      if (one === undefined) return [];
      return Array.from({ length: rounds }, (_, round) => ({
        round: round + 1,
        value: one.value + (round % 2 === 0 ? one.wave : -one.wave),
      }));
    },
  };
}

const answersFor = (
  columns: readonly (readonly FactorKey[])[],
  rows: readonly TestRow[],
  metric: Partial<ColumnMetric> = {},
  rounds = 8,
) => answerQuestions(source(columns, rows, metric), { values: valuesOf(rows, rounds) });

const size = (value: number): FactorKey => ({ factor: "bytes", value, unit: "B", named: true });
const transport = (value: string): FactorKey => ({ factor: "transport", value });

type TestRow = readonly [keys: readonly FactorKey[], ...cells: (TestCell | null)[]];

function source(
  columns: readonly (readonly FactorKey[])[],
  rows: readonly TestRow[],
  metric: Partial<ColumnMetric> = {},
): readonly AnswerSource[] {
  const headline: Table = {
    kind: "table",
    role: "headline",
    caption: [],
    noun: "row",
    intervals: "shown",
    common: [],
    keys: (rows[0]?.[0] ?? []).map(({ factor }) => ({ factor, title: factor })),
    columns: columns.map((keys, index) => ({
      id: String(index),
      keys,
      metric: { ...METRIC, ...metric },
      align: "number",
    })),
    rows: rows.map(([keys, ...cells]) => ({ keys, cells })),
  };
  return [{ scenario: "s", placement: { peer: "process", pin: "none" }, headline, search: [] }];
}

const PAIR = [[transport("tcp")], [transport("unix")]];

Deno.test("answerQuestions() joins the rows of one outcome, with the range of its medians", () => {
  const [answer, ...others] = answersFor(PAIR, [
    [[size(64)], cell(20), cell(10)],
    [[size(1024)], cell(30), cell(12)],
    [[size(65_536)], cell(40), cell(50)],
  ]);
  assertEquals(others, []);
  assertEquals(answer?.within, "");
  assertEquals(answer?.choices, [{
    at: ["64 B", "1 KiB"],
    best: ["unix"],
    certainty: "clear",
    value: { low: 10, high: 12 },
    next: { low: 20, high: 30 },
  }, {
    at: ["64 KiB"],
    best: ["tcp"],
    certainty: "clear",
    value: { low: 40, high: 40 },
    next: { low: 50, high: 50 },
  }]);
});

Deno.test("answerQuestions() names neighbours as a range, and what all rows have in common once", () => {
  const line = (bytes: number, first: number, pattern?: FactorKey): TestRow => [
    [...(pattern === undefined ? [] : [pattern]), size(bytes)],
    cell(first),
    cell(50),
  ];
  const places = (rows: readonly TestRow[]) =>
    answersFor(PAIR, rows).flatMap(({ choices }) => choices).map(({ at }) => at);
  const run = [line(1, 10), line(2, 10), line(4, 10)];
  assertEquals(places([...run, line(8, 90)]), [["1 B to 4 B"], ["8 B"]]);
  assertEquals(places([...run.slice(1), line(8, 90), line(16, 10)]), [
    ["2 B", "4 B", "16 B"],
    ["8 B"],
  ]);
  const free: FactorKey = { factor: "pattern", value: "a-a" };
  const named: FactorKey = { factor: "pattern", value: "on", named: true };
  assertEquals(
    places([line(1, 10, free), line(2, 10, free), line(1, 10, named), line(2, 90, named)]),
    [
      ["a-a", "pattern on, bytes 1 B"],
      ["pattern on, bytes 2 B"],
    ],
  );
});

Deno.test("answerQuestions() names beside the best what won some of the rounds, and that only", () => {
  const choices = answersFor([...PAIR, [transport("udp")]], [
    [[size(64)], cell(11.5, 2), cell(10, -2), cell(90)],
    // Which of the two came out first is chance.
    [[size(1024)], cell(10, 2), cell(11.5, -2), cell(90)],
  ]).flatMap(({ choices }) => choices);
  assertEquals(choices.map(({ best, certainty, at }) => ({ best, certainty, at })), [
    { best: ["unix", "tcp"], certainty: "level", at: ["64 B", "1 KiB"] },
  ]);
});

Deno.test("answerQuestions() takes the largest where higher is better, and says nothing where neither is", () => {
  const rows: readonly TestRow[] = [[[size(64)], cell(20), cell(10)]];
  const best = (better: ColumnMetric["better"]) =>
    answersFor(PAIR, rows, { better })
      .flatMap(({ choices }) => choices).map(({ best }) => best);
  assertEquals(best("higher"), [["tcp"]]);
  assertEquals(best("lower"), [["unix"]]);
  assertEquals(best("neither"), []);
});

Deno.test("answerQuestions() chooses among the settings of one transport where it has several, whatever its name holds", () => {
  const nagle = (value: string): FactorKey => ({ factor: "nagle", value, named: true });
  for (const name of ["tcp", "tcp, of mine"]) {
    const answers = answersFor([[transport(name), nagle("on")], [transport(name), nagle("off")], [
      transport("unix"),
    ]], [[[size(64)], cell(90), cell(10), cell(1)]]);
    assertEquals(answers.map(({ within, choices }) => [within, choices[0]?.best]), [
      [name, ["nagle off"]],
    ]);
  }
});

Deno.test("answerQuestions() leaves out rows with nothing to choose from, and is sure of nothing in few rounds", () => {
  const rows: readonly TestRow[] = [
    [[size(64)], cell(20), null],
    [[size(1024)], cell(20), cell(10)],
  ];
  const certainties = (rounds: number) =>
    answersFor(PAIR, rows, {}, rounds).flatMap(({ choices }) => choices)
      .map(({ at, best, certainty }) => [at, best, certainty]);
  assertEquals(certainties(5), [[["1 KiB"], ["unix", "tcp"], "few rounds"]]);
  assertEquals(certainties(6), [[["1 KiB"], ["unix"], "clear"]]);
  assertEquals(answersFor(PAIR.slice(0, 1), [[[size(64)], cell(20)]]), []);
});

Deno.test("answerQuestions() goes by rounds: drift of the machine that is wider than the difference hides nothing", () => {
  // Both are twice as slow in every second round, and their intervals overlap throughout.
  const [answer] = answersFor(PAIR, [[[size(64)], cell(21, 7), cell(20, 20 / 3)]]);
  assertEquals(answer?.choices.map(({ best, certainty }) => [best, certainty]), [
    [["unix"], "clear"],
  ]);
});

Deno.test("answerQuestions() asks more rounds of more rivals, as each could have won by chance", () => {
  const transports = ["tcp", "tcp6", "unix", "udp", "udp6"].map((one) => [transport(one)]);
  const row: TestRow = [[size(64)], cell(20), cell(21), cell(10), cell(30), cell(31)];
  const certainty = (rounds: number) =>
    answersFor(transports, [row], {}, rounds)[0]?.choices[0]?.certainty;
  assertEquals([certainty(7), certainty(8)], ["few rounds", "clear"]);
});

/** The rows of the table of answers: what is best, where, and whether that is beyond doubt. */
function answersOf(record = sampleRecord()) {
  const table = tablesOf(buildRecordDocument(record)).find(({ role }) => role === "answers");
  return (table?.rows ?? []).map(({ name, cells }) => {
    const words = cells.map((one) => one?.kind === "words" ? one.text : undefined);
    const [best] = words[1] ?? [];
    const [at] = words[2] ?? [];
    return {
      name,
      isClear: best?.kind === "alternatives" && best.strong,
      at: at?.kind === "text" ? at.text : "",
      isSearch: cells[4] === null,
      sure: words[5],
    };
  });
}

Deno.test("answerTable() agrees with the marks of the tables, and gives of a search the best cells", () => {
  const marked = tableOf(sampleRecord(), "round-trip", "headline").rows.filter(({ cells }) =>
    cells.some((one) => one?.kind === "figure" && one.mark === "best")
  );
  assertEquals(marked.length, 3);
  const [clear] = answersOf().filter(({ name, isClear }) => name === "round-trip" && isClear);
  assertEquals(clear?.at, "64 B to 16 KiB");
  assertEquals(answersOf().filter(({ isSearch }) => isSearch).map(({ name }) => name), [
    "buffer-size, tcp",
    "buffer-size, unix",
  ]);
  assertEquals(answerTable([]), undefined);
});

Deno.test("answerTable() is sure of no search with few trials", () => {
  const searched = answersOf(sampleRecord({ rounds: 2 })).filter(({ isSearch }) => isSearch);
  assert(searched.length > 0);
  assertEquals(
    [...new Set(searched.map(({ sure }) => JSON.stringify(sure)))],
    ['[{"kind":"text","text":"open: too few rounds"}]'],
  );
});

Deno.test("formatPlaces() counts places beyond the fourth, and parts those that hold commas", () => {
  const at = (...places: string[]) => ({ ...CHOICE, at: places });
  assertEquals(formatPlaces(at()), "");
  assertEquals(formatPlaces(at("1", "2", "3", "4")), "1, 2, 3, 4");
  assertEquals(formatPlaces(at("1", "2", "3", "4", "5")), "1, 2, 3, 2 more");
  assertEquals(formatPlaces(at("a, b", "c")), "a, b; c");
  assertEquals(formatPlaces(at("a".repeat(80), "b")), `${"a".repeat(80)}, 1 more`);
});

Deno.test("writeRange() writes a unit once where both ends have it, and one amount where they read alike", () => {
  const range = (low: number, high: number, unit: "ns" | "count" = "ns") =>
    writeRange({ kind: "range", low, high, unit });
  assertEquals(range(15_800, 17_500), "15.8 to 17.5 µs");
  assertEquals(range(900, 17_500), "900 ns to 17.5 µs");
  assertEquals(range(15_800, 15_801), "15.8 µs");
  assertEquals(range(0, 0, "count"), "0");
  assertEquals(range(1, 2, "count"), "1.00 to 2.00");
});

Deno.test("the page answers each question in one table before its findings, whatever it is named", () => {
  const record = sampleRecord();
  const page = pageOf(record);
  const questions = new Set(answersOf(record).map(({ name }) => name?.split(", ")[0])).size - 1;
  const table = page.slice(page.indexOf('<table id="findings-short"'));
  assertEquals(
    table.slice(0, table.indexOf("</table>")).match(/scope="rowgroup"/g)?.length,
    questions,
  );
  assert(page.indexOf('id="findings-short"') < page.indexOf('<ul class="findings">'));
});

const CHOICE = {
  at: [],
  best: ["unix"],
  certainty: "clear",
  value: { low: 1, high: 1 },
} as const;
