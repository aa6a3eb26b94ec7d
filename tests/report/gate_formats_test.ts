import type { Estimate } from "../../src/compare/effect.ts";
import type { Verdict } from "../../src/gate/gate_result.ts";
import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { comparisonFormats, gateFormats } from "../../src/report/registry.ts";
import type { GateReport } from "../../src/report/build/judgement.ts";
import { actionBenchmark, bencherMetricFormat } from "../support/schemas/benchmark_json.ts";
import { parseJunit } from "../support/schemas/junit.ts";
import { parseOpenMetrics } from "../support/schemas/openmetrics.ts";
import { parseWorkflowCommands } from "../support/schemas/workflow_command.ts";
import { greenGate, sampleComparison, sampleGate, samplePairedComparison } from "./gate_sample.ts";

const GOLDEN = new URL("../golden/gate/", import.meta.url);

function render(format: string, report: GateReport): string {
  const found = gateFormats.get(format);
  if (found === undefined) throw new Error(`no format ${format}`);
  return found.render(report);
}

/** `deno test -A tests/report/gate_formats_test.ts -- --update-golden` writes the files anew; read the difference. */
const update = Deno.args.includes("--update-golden");

function assertGolden(name: string, text: string): void {
  const file = new URL(name, GOLDEN);
  if (update) Deno.writeTextFileSync(file, text);
  assertEquals(text, Deno.readTextFileSync(file), `${name} differs from its golden file`);
}

/** `gate.md`, `gate.junit.xml`: the id once where it is the extension. */
function nameOf(kind: string, id: string, extension: string): string {
  return id === extension ? `${kind}.${id}` : `${kind}.${id}.${extension}`;
}

Deno.test("each gate format writes its golden file", () => {
  for (const { id, extension, render } of gateFormats.values()) {
    assertGolden(nameOf("gate", id, extension), render(sampleGate()));
  }
});

Deno.test("each comparison format writes its golden file", () => {
  for (const { id, extension, render } of comparisonFormats.values()) {
    assertGolden(nameOf("compare", id, extension), render(samplePairedComparison()));
  }
  const markdown = comparisonFormats.get("md")?.render(sampleComparison()) ?? "";
  assertGolden("compare_other_machine.md", markdown);
});

Deno.test("sampleGate() meets every verdict that a paired gate can", () => {
  const { result } = sampleGate();
  assertEquals(
    [...new Set(result.cells.map(({ verdict }) => verdict))].sort(),
    ["inconclusive", "missing", "new", "pass", "regressed"],
  );
  assertEquals([result.exitCode, greenGate().result.exitCode], [1, 0]);
});

Deno.test("the registries know each format by its id, and every title differs", () => {
  for (const formats of [gateFormats, comparisonFormats]) {
    for (const [id, format] of formats) assertEquals(format.id, id);
    const titles = [...formats.values()].map(({ title }) => title);
    assertEquals(new Set(titles).size, titles.length);
  }
});

Deno.test("the Markdown summary says what matters first, and folds what passed", () => {
  const lines = render("md", sampleGate()).split("\n");
  assert(lines[0]?.startsWith("# Regressed: 3 of"), lines[0]);
  const at = (text: string) => lines.findIndex((line) => line.includes(text));
  const order = ["## Regressed", "| throughput/tcp/bytes=65536", "| round-trip/tcp/bytes=64"]
    .concat(["## Cannot be judged", "## Inconclusive", "## New", "<details>", "Policy:"]).map(at);
  assertEquals(order, [...order].sort((a, b) => a - b));
  assert(!order.includes(-1), order.join());
});

Deno.test("a comparison says first in what the environments differ", () => {
  const [title, , , , differ, , first] = comparisonFormats.get("md")
    ?.render(sampleComparison()).split("\n") ?? [];
  assertEquals(title, "# `head.json` against `base.json`");
  assertEquals(differ, "> **The environments differ:**");
  assertEquals(first, '> - kernel differs: "6.18.44" in base, "6.1.0" in head.');
});

Deno.test("annotations are workflow commands, an error for whatever ends the job", () => {
  const commands = parseWorkflowCommands(render("annotations", sampleGate()));
  const [whole, ...cells] = commands;
  assertEquals([whole?.command, whole?.properties["title"]], ["error", "sockbench gate"]);
  assertEquals(whole?.data.startsWith("Regressed: 3 of"), true);
  assertEquals(cells.map(({ command }) => command).filter((one) => one === "error").length, 4);
  const title = "regressed: round-trip/tcp/bytes=64 p50";
  assert(cells.some(({ properties }) => properties["title"] === title));
  const green = parseWorkflowCommands(render("annotations", greenGate()));
  assertEquals(green.map(({ command }) => command), ["notice"]);
});

Deno.test("annotations of a gate with many red cells say how many are not shown", () => {
  const { result, ...names } = sampleGate();
  const red = result.cells.find(({ verdict }) => verdict === "regressed");
  if (red === undefined) throw new Error("the sample must be red");
  const cells = Array.from({ length: 30 }, (_, index) => ({ ...red, case: `case ${index}` }));
  const commands = parseWorkflowCommands(
    render("annotations", { ...names, result: { ...result, cells } }),
  );
  assertEquals(commands.length, 10);
  assertEquals(commands.at(-1)?.data, "22 more cells like these");
});

Deno.test("JUnit XML keeps to the published schema and counts failures and errors apart", () => {
  const [suite] = parseJunit(render("junit", sampleGate())).children;
  const { tests, failures, errors, skipped } = suite?.attributes ?? {};
  assertEquals([tests, failures, errors, skipped], ["10", "3", "1", "4"]);
  const [green] = parseJunit(render("junit", greenGate())).children;
  assertEquals([green?.attributes["failures"], green?.attributes["errors"]], ["0", "0"]);
});

Deno.test("JUnit XML counts one failure for one regression", () => {
  const { result, ...names } = sampleGate();
  const cells = result.cells.filter(({ verdict }, index) =>
    verdict !== "regressed" ||
    index === result.cells.findIndex((cell) => cell.verdict === "regressed")
  );
  const [suite] = parseJunit(render("junit", { ...names, result: { ...result, cells } })).children;
  assertEquals(suite?.attributes["failures"], "1");
});

Deno.test("a row's medians, change, p and n are those of the fresh pairs where they were asked", () => {
  const { result, ...names } = sampleGate();
  const cells = result.cells.map((cell): Verdict =>
    cell.confirmation?.base === undefined || cell.confirmation.head === undefined ? cell : {
      ...cell,
      confirmation: {
        ...cell.confirmation,
        base: { ...cell.confirmation.base, median: 1 },
        head: { ...cell.confirmation.head, median: 2 },
      },
    }
  );
  const report = { ...names, result: { ...result, cells } };
  const row = render("md", report).split("\n").find((line) => line.includes(" 1.00 ns |"));
  assertMatch(row ?? "", /\| +1\.00 ns \| +2\.00 ns \| +12\.0 % slower \[10\.7 %, 14\.4 %\]/);
});

Deno.test("the formats that store values store those of the fresh pairs, as the tables show them", () => {
  const { result } = sampleGate();
  const confirmed = result.cells.find((cell) => cell.confirmation?.head?.metric === "p50")!;
  const { median } = confirmed.confirmation!.head!;
  assert(median !== confirmed.head!.median, "the sample's fresh pairs say something else");
  for (const id of ["openmetrics", "bencher", "action-benchmark-smaller"]) {
    const text = render(id, sampleGate());
    assert(text.includes(String(id === "openmetrics" ? median / 1e9 : median)), id);
    assert(!text.includes(String(confirmed.head!.median)), id);
  }
});

Deno.test("the format for agents has the verdict and what fails the gate, and nothing that passed", () => {
  const { result } = sampleGate();
  const [first, ...lines] = render("agent", sampleGate()).trimEnd().split("\n");
  assertEquals(first, `exit code 1: ${result.summary}`);
  assertEquals(lines.map((line) => line.replace(/ .*/, "")), [
    "regressed",
    "regressed",
    "regressed",
    "missing",
  ]);
  assertEquals(render("agent", greenGate()), `exit code 0: ${greenGate().result.summary}\n`);
});

Deno.test("cells that cannot be compared for one reason share a row", () => {
  const { result, ...names } = sampleGate();
  const [first] = result.cells;
  const reason = "CPU differs.";
  const cells = Array.from({ length: 7 }, (_, index): Verdict => ({
    ...(first as Verdict),
    case: `round-trip/tcp/bytes=${index}`,
    metric: "p50",
    verdict: "incomparable",
    reason,
  }));
  const lines = render("md", { ...names, result: { ...result, cells } }).split("\n");
  assertEquals(lines.filter((line) => line.includes(reason)), [
    "| `round-trip/tcp/bytes=0 p50`, `round-trip/tcp/bytes=1 p50`, `round-trip/tcp/bytes=2 p50`, " +
    "`round-trip/tcp/bytes=3 p50`, `round-trip/tcp/bytes=4 p50`, `round-trip/tcp/bytes=5 p50` and 1 more " +
    "| incomparable | CPU differs. |",
  ]);
});

Deno.test("JUnit XML is red for a gate that judged nothing", () => {
  const { result, ...names } = greenGate();
  const nothing = { ...result, cells: [], exitCode: 3 as const, summary: "Cannot judge." };
  const [suite] = parseJunit(render("junit", { ...names, result: nothing })).children;
  assertEquals(suite?.attributes["errors"], "1");
});

Deno.test("OpenMetrics text keeps to the grammar and states one verdict a cell", () => {
  const { result } = sampleGate();
  const families = parseOpenMetrics(render("openmetrics", sampleGate()));
  const samples = (name: string) =>
    families.find((family) => family.name === `sockbench_gate${name}`)?.samples ?? [];
  assertEquals(samples("_exit_code").map(({ value }) => value), [1]);
  assertEquals(samples("").map(({ labels }) => labels), [{
    base: "git:main",
    head: "git:feature/faster",
  }]);
  const stated = samples("_verdict").filter(({ value }) => value === 1);
  assertEquals(
    stated.map(({ labels }) => labels["sockbench_gate_verdict"]),
    result.cells.map(({ verdict }) => verdict),
  );
  const seconds = samples("_median_seconds").map(({ value }) => value);
  assert(seconds.length > 0 && seconds.every((value) => value > 1e-6 && value < 1e-3));
});

Deno.test("github-action-benchmark's forms each hold the metrics of one direction", () => {
  const [smaller, bigger] = ["smaller", "bigger"].map((which) =>
    actionBenchmark.parse(JSON.parse(render(`action-benchmark-${which}`, sampleGate())))
  );
  assertEquals(bigger?.map(({ name, unit }) => [name, unit]), [
    ["throughput/tcp/bytes=65536 bytesPerSecond", "bytes/s"],
  ]);
  assertEquals(smaller?.length, 6);
  assert(smaller?.every(({ unit, name }) => unit === "ns" && !name.startsWith("throughput")));
});

Deno.test("Bencher's form has value and bounds of each measure", () => {
  const bmf = bencherMetricFormat.parse(JSON.parse(render("bencher", sampleGate())));
  assertEquals(Object.keys(bmf).length, 6);
  assertEquals(Object.keys(bmf["throughput/tcp/bytes=65536"] ?? {}), ["bytesPerSecond"]);
});

Deno.test("the JSON form is the result, to the last figure", () => {
  const { kind, version, base, head, ...result } = JSON.parse(render("json", sampleGate()));
  assertEquals([kind, version, base, head], [
    "sockbench-gate",
    1,
    "git:main",
    "git:feature/faster",
  ]);
  const cells: GateJsonCell[] = result.cells;
  const turned = cells.filter(({ ratio }) => ratio !== undefined);
  assert(turned.length > 3);
  for (const cell of turned) assertTurned(cell);
  // Through JSON once, as an absent field and an undefined one are the same there.
  const plain = cells.map(({ slowdown: _, confirmation, ...cell }) => {
    const { slowdown: __, ...fresh } = confirmation ?? {};
    return confirmation === undefined ? cell : { ...cell, confirmation: fresh };
  });
  assertEquals({ ...result, cells: plain }, JSON.parse(JSON.stringify(sampleGate().result)));
});

interface GateJsonCell {
  readonly effect?: "ratio" | "difference";
  readonly ratio?: Estimate;
  /** As version 0.1 had it. */
  readonly slowdown?: Estimate;
  readonly confirmation?: Pick<GateJsonCell, "ratio" | "slowdown">;
}

/** `slowdown` is `ratio` with the sides exchanged, and its bounds in their order. */
function assertTurned({ effect, ratio, slowdown, confirmation }: GateJsonCell): void {
  for (const [one, other] of [[ratio, slowdown], [confirmation?.ratio, confirmation?.slowdown]]) {
    assertEquals(one === undefined, other === undefined);
    if (one === undefined || other === undefined) continue;
    const parts = [[one.estimate, other.estimate], [one.low, other.high], [one.high, other.low]];
    for (const [better, worse] of parts) {
      assertAlmostEquals(effect === "ratio" ? better! * worse! : better! + worse! - 1, 1, 1e-12);
    }
    assert(other.low <= other.estimate && other.estimate <= other.high);
  }
}
