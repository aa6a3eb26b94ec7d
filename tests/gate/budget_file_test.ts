import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BudgetFileError, readBudgetFile } from "../../src/gate/budget_file.ts";
import {
  COMPARE_POLICY,
  createPolicy,
  DEFAULT_POLICY,
  gates,
  PolicyError,
  thresholdOf,
} from "../../src/gate/gate_policy.ts";

/** The example of the module's documentation, as it stands there. */
function documentedExample(): string {
  const source = Deno.readTextFileSync(
    new URL("../../src/gate/budget_file.ts", import.meta.url),
  );
  const block = /```toml\n([\s\S]*?)\/\/ ```/.exec(source)?.[1];
  if (block === undefined) throw new Error("the module documentation has no TOML example");
  return block.replaceAll(/^\/\/ ?/gm, "");
}

Deno.test("readBudgetFile() reads the example of its documentation", () => {
  assertEquals(readBudgetFile(documentedExample(), "gate.toml"), {
    alpha: 0.01,
    threshold: 0.05,
    factors: {},
    metrics: ["headline", "p99"],
    strict: false,
    screenAlpha: 0.05,
    thresholds: [{ case: "round-trip/udp*", metric: "p99", threshold: 0.2 }],
    limits: [{
      case: "round-trip/tcp/bytes=64",
      metric: "p99",
      bound: "max",
      quantity: { value: 200e3, unit: "ns", text: "200 µs" },
    }],
    ignore: [{ case: "connect/*", reason: "TIME_WAIT storms on this runner, see issue 12" }],
  });
});

Deno.test("readBudgetFile() of an empty file is the policy that it starts from", () => {
  assertEquals(readBudgetFile("", "gate.toml"), DEFAULT_POLICY);
  assertEquals(readBudgetFile("\uFEFF# nothing\n", "gate.toml", COMPARE_POLICY), COMPARE_POLICY);
});

const LIMIT = '[[limits]]\ncase = "a"\nmetric = "p99"\n';
const SHARE = 'a share from 0 to 1 or a percentage up to 1000 %, as in 0.05 or "5%"';

/** Text of the file, and the sentence after "Cannot use gate.toml as a gate policy: ". */
const FAULTS: readonly (readonly [string, string])[] = [
  [
    "treshold = 1",
    'treshold is not a key of a policy: did you mean "threshold", of alpha, threshold, metrics, strict, screenAlpha, thresholds, limits, ignore?',
  ],
  [
    `${LIMIT}maxx = "5 ms"`,
    'limits[0].maxx is not a key of a policy: did you mean "max", of case, metric, max, min?',
  ],
  ['threshold = "fast"', `threshold must be ${SHARE}: it is "fast"`],
  ["threshold = 5", `threshold must be ${SHARE}: it is 5`],
  ["threshold = inf", 'threshold must be a percentage such as "5%" or a fraction: it is Infinity'],
  ['threshold = "-5%"', `threshold must be ${SHARE}: it is "-5%"`],
  ['threshold = "2000%"', `threshold must be ${SHARE}: it is "2000%"`],
  ['threshold = "5 ms"', `threshold must be ${SHARE}: it is "5 ms"`],
  ["alpha = nan", 'alpha must be a percentage such as "5%" or a fraction: it is NaN'],
  ["alpha = 0", "alpha must be a share from 1e-9 to 0.5, as in 0.01: it is 0"],
  ["alpha = 1e-300", "alpha must be a share from 1e-9 to 0.5, as in 0.01: it is 1e-300"],
  ["alpha = 0.6", "alpha must be a share from 1e-9 to 0.5, as in 0.01: it is 0.6"],
  ["alpha = 2020-01-01", 'alpha must be a percentage such as "5%" or a fraction: it is an object'],
  [
    'strict = "yes"',
    'strict must be true, false or a list of cases, as in ["round-trip/*"]: it is "yes"',
  ],
  ['strict = [" "]', 'strict[0] must be a case id or glob such as "round-trip/*": it is " "'],
  [
    "metrics = []",
    'metrics must be a list of metric ids, as in ["headline", "p99"]: it is a list of 0',
  ],
  [
    'metrics = "p99"',
    'metrics must be a list of metric ids, as in ["headline", "p99"]: it is "p99"',
  ],
  ['metrics = ["p 99"]', 'metrics[0] must be a metric id such as "p99": it is "p 99"'],
  ["limits = 3", "limits must be a list, written as [[limits]]: it is 3"],
  ['[limits]\ncase = "a"', "limits must be a list, written as [[limits]]: it is an object"],
  [LIMIT, "limits[0] must have either max or min: it has neither"],
  [`${LIMIT}max = "1 s"\nmin = "1 s"`, "limits[0] must have either max or min: it has both"],
  [
    `${LIMIT}max = "5 GB/s"`,
    'limits[0].max must be a quantity such as "200 µs", as p99 is in ns: it is "5 GB/s"',
  ],
  [
    `${LIMIT}max = 200`,
    'limits[0].max must be a quantity such as "200 µs", as p99 is in ns: it is 200',
  ],
  [
    `${LIMIT}min = "5 us"`,
    "limits[0] must have max instead of min, as lower is better for p99",
  ],
  [
    '[[limits]]\ncase = "a"\nmetric = "bytesPerRead"\nmax = "1 KiB"',
    "limits[0] cannot bound bytesPerRead, which has no better direction",
  ],
  ['[[ignore]]\ncase = "a"', "ignore[0].reason must be a text: it is missing"],
  [
    '[[ignore]]\ncase = "a"\nreason = " "',
    'ignore[0].reason must be a sentence that gives the reason: it is " "',
  ],
  [
    '[[thresholds]]\ncase = ""\nthreshold = 0.1',
    'thresholds[0].case must be a case id or glob such as "round-trip/*": it is ""',
  ],
  ["x = ", "line 1, column 5 is not TOML: invalid value"],
  [
    "alpha = 0.1\nalpha = 0.2",
    "line 2, column 1 is not TOML: trying to redefine an already defined table or value",
  ],
];

Deno.test("readBudgetFile() says of every fault which key, which value, and what would be right", () => {
  for (const [toml, sentence] of FAULTS) {
    const error = assertThrows(() => readBudgetFile(toml, "gate.toml"), BudgetFileError);
    assertEquals(error.message, `Cannot use gate.toml as a gate policy: ${sentence}`);
  }
});

Deno.test("readBudgetFile() gives a policy or one line, whatever the text", () => {
  const lines = fc.constantFrom(
    ...FAULTS.flatMap(([toml]) => toml.split("\n")),
    ...documentedExample().split("\n"),
    "__proto__ = {a = 1}",
    "constructor = 1",
  );
  const anything = fc.oneof(
    fc.array(lines, { maxLength: 8 }).map((some) => some.join("\n")),
    fc.string({ unit: "binary", maxLength: 60 }),
  );
  fc.assert(
    fc.property(anything, (toml) => {
      try {
        const policy = readBudgetFile(toml, "gate.toml");
        assert(policy.alpha > 0 && policy.alpha <= 0.5 && policy.threshold >= 0);
      } catch (error) {
        if (!(error instanceof BudgetFileError)) throw error;
        // deno-lint-ignore no-control-regex
        assert(!/[\u0000-\u001f]/.test(error.message), error.message);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("createPolicy() keeps what it starts from where nothing is asked for", () => {
  const ofCases = createPolicy({ strict: ["connect/*"] });
  assertEquals(ofCases, { ...DEFAULT_POLICY, strictCases: ["connect/*"] });
  assertEquals(createPolicy({ alpha: 0.01 }, ofCases), ofCases);
  assertEquals(createPolicy({ strict: false }, ofCases), DEFAULT_POLICY);
  const strict = createPolicy({ strict: true, threshold: "2%" });
  assertEquals(createPolicy({ alpha: "5%" }, strict), { ...strict, alpha: 0.05 });
  assertEquals(createPolicy({ threshold: "1" }).threshold, 1);
  assertThrows(() => createPolicy({ threshold: "1.01" }), PolicyError);
});

Deno.test("thresholdOf() takes the last rule that matches case and metric", () => {
  const policy = createPolicy({
    thresholds: [
      { case: "*", threshold: "10%" },
      { case: "round-trip/*", metric: "p99", threshold: "20%" },
      { case: "round-trip/tcp*", threshold: "1%" },
    ],
  });
  const of = (id: string, metric: string) => thresholdOf(policy, { case: id, metric });
  assertEquals(of("connect/tcp", "p50"), 0.1);
  assertEquals(of("round-trip/unix", "p99"), 0.2);
  assertEquals(of("round-trip/tcp", "p99"), 0.01);
  assertEquals(thresholdOf(DEFAULT_POLICY, { case: "x", metric: "p50" }), 0.05);
});

Deno.test("gates() takes the headline, ids and globs", () => {
  const cells = [{ metric: "p50", headline: true }, { metric: "p99", headline: false }] as const;
  const gated = (metrics: readonly string[]) =>
    cells.map((cell) => gates(createPolicy({ metrics }), cell));
  assertEquals(gated(["headline"]), [true, false]);
  assertEquals(gated(["p99"]), [false, true]);
  assertEquals(gated(["headline", "p9*"]), [true, true]);
  assertEquals(gated(["p999"]), [false, false]);
});
