import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import stringWidth from "string-width";
import { type Case, caseId } from "../../src/model/case.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { Trial } from "../../src/model/trial.ts";
import { buildRecordDocument } from "../../src/report/build/record_document.ts";
import { plainLine } from "../../src/text/terminal_line.ts";
import { toAscii } from "../../src/text/to_ascii.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { PLAIN_TERMINAL, writeAnswer, writeTerminal } from "../../src/report/write/terminal.ts";
import { shareBars } from "../../src/report/write/terminal_bars.ts";
import { emptyRecord, hostileRecord, sampleRecord } from "../support/sample_record.ts";
import { scenarioParts, tablesOf, terminalOf, warningsOf } from "./read_document.ts";

/** What {@linkcode recordOf} may be told. */
interface Wide {
  readonly transports: readonly string[];
  readonly sizes: readonly number[];
  /** Value by case. */
  readonly p50?: (transport: string, bytes: number) => number;
  readonly question?: string;
}

/** A record of one scenario: every size over every transport, two rounds. */
function recordOf({ transports, sizes, p50, question }: Wide): RunRecord {
  const record = sampleRecord({ rounds: 1 });
  const [spec] = record.scenarios;
  const template = record.cases[0] as Case;
  const cases = transports.flatMap((transport) =>
    sizes.map((bytes): Case => ({
      ...template,
      id: caseId("round-trip", transport, { bytes }),
      transport,
      params: { bytes },
    }))
  );
  const valueOf = p50 ?? ((transport, bytes) => 10_000 + 100 * transport.length + bytes);
  const trials = [1, 2].flatMap((round) =>
    cases.map((one, order): Trial => ({
      ...record.trials[0]!,
      case: one.id,
      round,
      order,
      values: { p50: valueOf(one.transport, Number(one.params.bytes)) + round },
    }))
  );
  const scenarios = [{ ...spec!, ...(question !== undefined && { question }) }];
  return { ...record, scenarios, cases, trials, skipped: [] };
}

// deno-lint-ignore no-control-regex
const CODES = /\x1b\[\d+m/g;

/** Asserts that every line fits, by a measure of width that is not ours, and that nothing but colour escapes. */
function assertFits(text: string, columns: number): void {
  for (const line of text.split("\n")) {
    const bare = line.replace(CODES, "");
    // deno-lint-ignore no-control-regex
    assertEquals(bare.match(/[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/), null);
    assert(stringWidth(bare) < columns, `${stringWidth(bare)} columns: ${bare}`);
  }
}

const SIZES = Array.from({ length: 60 }, (_, index) => 64 * (index + 1));

Deno.test("writeTerminal() fits 80 columns with 300 cells, and says how many it leaves out where it is to be short", () => {
  const record = recordOf({
    transports: ["tcp", "tcp6", "unix", "udp", "unixpacket"],
    sizes: SIZES,
  });
  const whole = terminalOf(record, PLAIN_TERMINAL);
  assertFits(whole, 80);
  assertEquals(whole.match(/^ {2}[ *] \w.*\[\d.*\]$/gm)?.length, 300);
  const short = terminalOf(record, { ...PLAIN_TERMINAL, mostBars: 10 });
  assertFits(short, 80);
  assertStringIncludes(short, "… and 290 more cells in the report");
});

Deno.test("writeTerminal() lets no name of a record leave its line, in any width, colour or character set", () => {
  const record = hostileRecord();
  for (const columns of [24, 40, 60, 80, 81, 120, 300]) {
    for (const color of [false, true]) {
      for (const unicode of [false, true]) {
        const text = terminalOf(record, { columns, color, unicode });
        assertFits(text, columns);
        // deno-lint-ignore no-control-regex
        if (!unicode) assertEquals(text.match(/[^\x00-\x7f]/u), null);
        assertEquals(text.includes("\x1b"), color);
      }
    }
  }
});

Deno.test("writeTerminal() lets no name at all leave its line", () => {
  const letters = fc.string({ unit: "binary", maxLength: 60 });
  fc.assert(
    fc.property(
      fc.uniqueArray(letters, { minLength: 1, maxLength: 4 }),
      letters,
      fc.integer({ min: 24, max: 100 }),
      fc.boolean(),
      (transports, question, columns, unicode) => {
        const record = recordOf({ transports, sizes: [64, 128], question });
        assertFits(terminalOf(record, { columns, color: true, unicode }), columns);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("writeTerminal() puts the best first, whichever direction is better", () => {
  const text = terminalOf(sampleRecord());
  const order = (scenario: string, group: string) => {
    const section = text.slice(text.indexOf(`\n\n${scenario}  `) + 1);
    const lines = section.slice(section.indexOf(`\n  ${group}\n`)).split("\n").slice(2);
    return lines.slice(0, 3).map((line) => line.slice(4).split(/[ ,]/)[0]);
  };
  assertEquals(order("round-trip", "bytes 64 B"), ["unix", "unixpacket", "tcp"]);
  assertEquals(order("throughput", "bytes 64 KiB"), ["unix", "tcp", "udp"]);
  assertStringIncludes(text, "p50 in µs, lower is better; peer process");
});

Deno.test("writeTerminal() draws a bar solid to the interval's lower end and shaded to its upper end", () => {
  const record = recordOf({
    transports: ["a", "b"],
    sizes: [64],
    p50: (transport) => transport === "a" ? 100_000 : 50_000,
  });
  const one = terminalOf(record, { columns: 80, color: false, unicode: false });
  const bars = one.split("\n").filter((line) => /^ {4}[ab] /.test(line));
  const [half, full] = bars.map((line) => line.match(/#+/)?.[0].length ?? 0);
  assertEquals(Math.round(half! * 2 / full! * 10), 10);
  const wide = recordOf({ transports: ["a"], sizes: [64], p50: () => 0 });
  const trials = wide.trials.map((trial, index) => ({
    ...trial,
    values: { p50: 50 * (index + 1) },
  }));
  const shaded = terminalOf({ ...wide, trials }, {
    columns: 80,
    color: false,
    unicode: false,
  });
  const [, solid, shade] = shaded.match(/(#+)(-+)/) ?? [];
  assertEquals(solid!.length, shade!.length);
});

Deno.test("writeTerminal() shows of a search the best of each group, and of a bimodal cell both modes with their shares", () => {
  const text = terminalOf(sampleRecord());
  const search = text.slice(text.indexOf("\n\nbuffer-size  "));
  assert(/^ +unix: bytes .*, read .*\[/m.test(search));
  assertStringIncludes(search, "… the best of each;");
  assert(/bimodal .*\(\d+ %\) \/ .*\(\d+ %\)/.test(text), text);
});

Deno.test("writeTerminal() begins with what did best for each question, units and numbers on one line", () => {
  const text = terminalOf(sampleRecord());
  const [answers = ""] = text.split("\n\n");
  assertEquals(answers.match(/^ {2}connect +unix or tcp6 +[\d.]+ µs {2}open$/gm)?.length, 1);
  assertEquals(answers.match(/\d$/gm), null);
  const choices = tablesOf(buildRecordDocument(sampleRecord()))
    .filter(({ role }) => role === "answers").flatMap(({ rows }) => rows);
  assertEquals(answers.match(/ (clear|open)$/gm)?.length, choices.length);
});

Deno.test("writeTerminal() that is to be short draws a scenario under the first of its placements only, and counts the rest", () => {
  const record = recordOf({ transports: ["tcp", "unix"], sizes: [64] });
  const pinned = record.cases.map((one): Case => ({
    ...one,
    id: `${one.id}@same`,
    placement: { peer: "process", pin: "same" },
  }));
  const trials = record.trials.map((trial): Trial => ({ ...trial, case: `${trial.case}@same` }));
  const both = {
    ...record,
    cases: [...record.cases, ...pinned],
    trials: [...record.trials, ...trials],
  };
  assertEquals(scenarioParts(buildRecordDocument(both)).length, 2);
  const headings = (text: string) => text.match(/^round-trip {2}\S/gm)?.length;
  assertEquals(headings(terminalOf(both)), 2);
  const short = terminalOf(both, { ...PLAIN_TERMINAL, mostBars: 10 });
  assertEquals(headings(short), 1);
  assertStringIncludes(short, "… and 2 more cells in the report");
  assertStringIncludes(short, "round-trip, same core");
});

Deno.test("shareBars() gives what small sections leave to the others, and two to each at least", () => {
  assertEquals(shareBars([12, 10, 2, 2, 9, 2], 18), [4, 4, 2, 2, 4, 2]);
  assertEquals(shareBars([5, 5], 2), [2, 2]);
  assertEquals(shareBars([1, 0], 10), [1, 0]);
  assertEquals(shareBars([], 10), []);
});

Deno.test("writeTerminal() of nothing says so in one line", () => {
  const text = terminalOf(emptyRecord());
  assertStringIncludes(text, "No comparison could be made.");
  assertFits(text, 80);
});

Deno.test("toAscii() leaves ASCII as it is, and anything it gives is ASCII", () => {
  assertEquals(toAscii("27.1 µs ± 2 × …"), "27.1 us +- 2 x ...");
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    // deno-lint-ignore no-control-regex
    assertEquals(toAscii(text).match(/[^\x00-\x7f]/u), null);
    assertEquals(toAscii(toAscii(text)), toAscii(text));
  }));
});

Deno.test("plainLine() keeps names of any script, and nothing that moves the cursor or the reader", () => {
  assertEquals(plainLine("名前 ünï שלום", true), "名前 ünï שלום");
  assertEquals(plainLine("\x1b[2J\x9b31mred\u202e\u{e0041}", true), "[2J 31mred");
  assertEquals(plainLine("z" + "\u0301".repeat(50), true), "z\u0301\u0301");
});

Deno.test("writeTerminal() ends with one line that answers, and lists every warning in a line of its own before it", () => {
  const record = sampleRecord();
  const text = terminalOf(record);
  const blocks = text.trimEnd().split("\n\n");
  const answer = blocks.at(-1)!.replace(/\s+/g, " ");
  assertStringIncludes(answer, "Use unix for round-trip, throughput, connect-round-trip; ");
  assertStringIncludes(answer, "nagle off for nagle over tcp at write-write-read");
  assertStringIncludes(
    answer,
    "undecided: connect, nagle over tcp at write-read (more rounds would tell: --rounds 30)",
  );
  assert(answer.endsWith("Placement: peer process."), answer);
  const warnings = blocks.at(-2)!.split("\n");
  assertEquals(warnings.length, warningsOf(buildRecordDocument(record)).length);
  assertEquals(warnings.filter((line) => !/^! \S/.test(line)), []);
  assertFits(text, 80);
});

Deno.test("writeAnswer() is that line alone, and nothing where nothing was compared", () => {
  const document = buildRecordDocument(sampleRecord());
  const answer = writeAnswer(document, { terminal: PLAIN_TERMINAL });
  assert(answer !== "" && writeTerminal(document).endsWith(answer));
  assertEquals(writeAnswer(buildRecordDocument(emptyRecord())), "");
});

Deno.test("a throughput of which messages were lost is not stated without the loss, in any format", () => {
  for (const id of ["text", "md", "html", "asciidoc"]) {
    const record = sampleRecord();
    const cases = record.cases.filter(({ id }) => id.startsWith("throughput/udp/"));
    assert(cases.length > 0);
    const ids = new Set(cases.map(({ id }) => id));
    const trials = record.trials.map((trial) =>
      ids.has(trial.case) ? { ...trial, values: { ...trial.values, loss: 0.125 } } : trial
    );
    assertStringIncludes(reportFormats.get(id)!.render({ ...record, trials }), "12.5 % loss");
  }
});
