/**
 * Two records side by side: what was run, and where; what differs first.
 *
 * @module
 */

import type { RunRecord } from "../../model/run_record.ts";
import type { NamedFact } from "../document/document.ts";
import { oneLine, SENTENCE } from "../../text/one_line.ts";
import { buildEnvironment, buildMethod, count } from "../build/method.ts";
import { markup } from "../write/html/html_text.ts";
import { factsHtml, foldHtml, openPart, type Part } from "../write/html/parts.ts";
import { tableHtml } from "../write/html/table_html.ts";

/** Both records. */
export interface RecordSides {
  /** The record compared against. */
  readonly base: RunRecord;
  /** The record in question. */
  readonly head: RunRecord;
}

/** A fact of either side. */
interface SidedFact {
  readonly name: string;
  readonly base: string;
  readonly head: string;
}

/**
 * The facts of both records: those that differ side by side, the others folded.
 *
 * @param records Both records.
 * @param id The part's anchor.
 * @returns The part.
 */
export function recordsPart({ base, head }: RecordSides, id: string): Part {
  const facts = [
    ...pairFacts(runFacts(base), runFacts(head)),
    ...pairFacts(buildMethod(base), buildMethod(head)),
    ...pairFacts(buildEnvironment(base.environment), buildEnvironment(head.environment)),
  ];
  const differing = facts.filter((fact) => fact.base !== fact.head);
  const same = facts.filter((fact) => fact.base === fact.head)
    .map((fact): NamedFact => ({ name: fact.name, value: fact.base }));
  return openPart(id, "The two records", [
    differing.length === 0
      ? markup`<p>Nothing that the records say of settings and machine differs.</p>
`
      : differenceTable(differing, `${id}-table`),
    same.length === 0 ? undefined : foldHtml("The same in both", same.length, factsHtml(same)),
  ]);
}

function differenceTable(facts: readonly SidedFact[], id: string) {
  const cell = (text: string) => ({ content: oneLine(text, SENTENCE), mark: "label long" });
  return tableHtml({
    id,
    noun: "fact",
    caption: "What differs in what was run, and where.",
    columns: ["fact", "base", "head"].map((title) => ({ title, kind: "label" })),
    rows: facts.map((fact) => [
      { content: oneLine(fact.name), mark: "label wrap" },
      cell(fact.base),
      cell(fact.head),
    ]),
  });
}

function runFacts(record: RunRecord): readonly NamedFact[] {
  const { trials, cases, partial, startedAt, settings } = record;
  return [
    { name: "started", value: startedAt },
    { name: "trials", value: `${count(trials.length, "trial")} of ${count(cases.length, "case")}` },
    { name: "ended early", value: partial ? "yes" : "no" },
    { name: "command", value: settings.command },
  ];
}

function pairFacts(base: readonly NamedFact[], head: readonly NamedFact[]): readonly SidedFact[] {
  const [ofBase, ofHead] = [base, head].map((facts) =>
    new Map(facts.map(({ name, value }) => [name, value]))
  );
  const names = new Set([...base, ...head].map(({ name }) => name));
  return [...names].map((name) => ({
    name,
    base: ofBase?.get(name) ?? "–",
    head: ofHead?.get(name) ?? "–",
  }));
}
