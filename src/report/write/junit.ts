// writeJunit: a judgement as JUnit XML (jenkinsci/xunit-plugin, junit-10.xsd). A cell that cannot be judged is an error, not a skip.

import { escapeMarkup } from "../../text/escape_markup.ts";
import { printable } from "../../text/printable.ts";
import type { Document } from "../document/document.ts";
import type { JudgedCell, Judgement } from "../document/judgement.ts";
import { judgementsOf } from "../document/writer.ts";

type Outcome = "failure" | "error" | "skipped" | "passed";

type TestCase = Readonly<
  { classname: string; name: string; outcome: Outcome; type: string; message: string }
>;

/** Writes the judgements of a Document as JUnit XML, a suite each; a Document without one gives an empty suite. */
export function writeJunit(document: Document): string {
  const judgements = judgementsOf(document);
  const suites = judgements.length === 0
    ? [suiteOf({}, NAME)]
    : judgements.map((one) =>
      suiteOf(one, judgements.length === 1 ? NAME : `${NAME}: ${one.head}`)
    );
  const sum = (outcome?: Outcome) => suites.reduce((all, { count }) => all + count(outcome), 0);
  const counts = attributes({ tests: sum(), failures: sum("failure"), errors: sum("error") });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${NAME}"${counts}>`,
    ...suites.flatMap(({ lines }) => lines),
    "</testsuites>",
    "",
  ].join("\n");
}

const NAME = "sockbench gate";

interface Suite {
  readonly lines: readonly string[];
  /** Test cases of an outcome; without one all. */
  count(outcome?: Outcome): number;
}

function suiteOf(
  { exitCode = 0, summary = "", base, head, alpha, threshold, cells = [], ignored = [] }: Partial<
    Judgement
  >,
  name: string,
): Suite {
  const ofCells = cells.map(testCaseOf);
  const whole = ({ 0: "passed", 1: "failure", 3: "error" } as const)[exitCode];
  const isSaid = whole !== "passed" && ofCells.some(({ outcome }) => outcome === whole);
  const cases: readonly TestCase[] = [
    {
      classname: name,
      name: "the gate as a whole",
      outcome: isSaid ? "skipped" : whole,
      type: `exit code ${exitCode}`,
      message: summary,
    },
    ...ofCells,
    ...ignored.map(({ case: classname, metric: name, reason: message }): TestCase => (
      { classname, name, outcome: "skipped", type: "ignored", message }
    )),
  ];
  const count = (outcome?: Outcome) =>
    outcome === undefined ? cases.length : cases.filter((one) => one.outcome === outcome).length;
  const counts = attributes({
    tests: cases.length,
    failures: count("failure"),
    errors: count("error"),
  });
  const facts = Object.entries({ base, head, alpha, threshold, exitCode });
  const lines = [
    `  <testsuite${attributes({ name })}${counts}${attributes({ skipped: count("skipped") })}>`,
    "    <properties>",
    ...facts.map(([name, value = ""]) => `      <property${attributes({ name, value })}/>`),
    "    </properties>",
    ...cases.map(writeCase),
    "  </testsuite>",
  ];
  return { lines, count };
}

function testCaseOf({ case: classname, metric, rule, verdict, level, reason }: JudgedCell) {
  const outcome: Outcome = verdict === "regressed"
    ? "failure"
    : level === "error"
    ? "error"
    : verdict === "pass" || verdict === "improved"
    ? "passed"
    : "skipped";
  const name = rule === "limit" ? `${metric} (limit)` : metric;
  return { classname, name, outcome, type: verdict, message: reason };
}

function writeCase({ classname, name, outcome, type, message }: TestCase): string {
  const open = `    <testcase${attributes({ classname, name, time: 0 })}>`;
  const body = outcome === "passed"
    ? `      <system-out>${escapeMarkup(printable(message))}</system-out>`
    : `      <${outcome}${attributes({ type, message })}/>`;
  return `${open}\n${body}\n    </testcase>`;
}

/** XML 1.0 forbids most control characters even as references, so that they are spelt out first. */
function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values).map(([name, value]) =>
    ` ${name}="${escapeMarkup(printable(String(value)))}"`
  ).join("");
}
