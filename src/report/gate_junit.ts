// JUnit XML: one test case per cell and one for the gate as a whole, after the schema that Jenkins publishes
// (jenkinsci/xunit-plugin, junit-10.xsd), which GitLab, Azure and the rest read too.
//
// A cell that cannot be judged is an error, not a skip: a reader that counts failures and errors only must not see green.
// The gate as a whole is red where none of its cells says why: one regression counts as one failure.

import type { Verdict } from "../gate/gate_result.ts";
import { type GateFormat, type GateReport } from "./build/gate_report.ts";
import { escapeMarkup } from "../text/escape_markup.ts";
import { printable } from "../text/printable.ts";

/** JUnit XML. */
export const gateJunit: GateFormat = {
  id: "junit",
  extension: "xml",
  title: "JUnit XML",
  render: renderJunit,
};

type Outcome = "failure" | "error" | "skipped" | "passed";

interface TestCase {
  readonly classname: string;
  readonly name: string;
  readonly outcome: Outcome;
  readonly type: string;
  readonly message: string;
}

function renderJunit({ result, base, head }: GateReport): string {
  const ofCells = result.cells.map((cell) => testCaseOf(cell, result.policy.strict));
  const whole = ({ 0: "passed", 1: "failure", 3: "error" } as const)[result.exitCode];
  const isSaid = whole !== "passed" && ofCells.some(({ outcome }) => outcome === whole);
  const cases: readonly TestCase[] = [
    {
      classname: "sockbench gate",
      name: "the gate as a whole",
      outcome: isSaid ? "skipped" : whole,
      type: `exit code ${result.exitCode}`,
      message: result.summary,
    },
    ...ofCells,
    ...result.ignored.map((cell): TestCase => ({
      classname: cell.case,
      name: cell.metric,
      outcome: "skipped",
      type: "ignored",
      message: cell.reason,
    })),
  ];
  const count = (outcome: Outcome) => cases.filter((one) => one.outcome === outcome).length;
  const counts = attributes({
    tests: cases.length,
    failures: count("failure"),
    errors: count("error"),
  });
  const facts = Object.entries({
    base,
    head,
    alpha: result.policy.alpha,
    threshold: result.policy.threshold,
    exitCode: result.exitCode,
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sockbench gate"${counts}>`,
    `  <testsuite name="sockbench gate"${counts}${attributes({ skipped: count("skipped") })}>`,
    "    <properties>",
    ...facts.map(([name, value]) => `      <property${attributes({ name, value })}/>`),
    "    </properties>",
    ...cases.map(writeCase),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCaseOf(cell: Verdict, strict: boolean): TestCase {
  const name = cell.rule === "limit" ? `${cell.metric} (limit)` : cell.metric;
  return {
    classname: cell.case,
    name,
    outcome: outcomeOf(cell, strict),
    type: cell.verdict,
    message: cell.reason,
  };
}

function outcomeOf({ verdict, unresolvable }: Verdict, strict: boolean): Outcome {
  switch (verdict) {
    case "regressed":
      return "failure";
    case "missing":
    case "incomparable":
      return "error";
    case "inconclusive":
      return strict || unresolvable ? "error" : "skipped";
    case "new":
      return "skipped";
    case "pass":
    case "improved":
      return "passed";
  }
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
  )
    .join("");
}
