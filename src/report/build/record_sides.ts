// Two records side by side: what was run, and where; what differs first.

import type { RunRecord } from "../../model/run_record.ts";
import { plural } from "../../text/plural.ts";
import type { Block, NamedFact } from "../document/document.ts";
import { sentence, text } from "../document/inline.ts";
import type { Table } from "../document/table.ts";
import { heading, paragraph } from "./blocks.ts";
import { buildEnvironment, buildMethod } from "./method.ts";

/** Both records. */
export interface RecordSides {
  readonly base: RunRecord;
  readonly head: RunRecord;
}

/** A fact of either side. */
interface SidedFact {
  readonly name: string;
  readonly base: string;
  readonly head: string;
}

/** The facts of both records: those that differ side by side, the others folded. */
export function recordSidesBlocks({ base, head }: RecordSides): readonly Block[] {
  const facts = [
    ...pairFacts(runFacts(base), runFacts(head)),
    ...pairFacts(buildMethod(base), buildMethod(head)),
    ...pairFacts(buildEnvironment(base.environment), buildEnvironment(head.environment)),
  ];
  const differing = facts.filter((fact) => fact.base !== fact.head);
  const same = facts.filter((fact) => fact.base === fact.head)
    .map((fact): NamedFact => ({ name: fact.name, value: fact.base }));
  return [
    heading("records", "The two records", "records", { folded: true }),
    differing.length === 0
      ? paragraph("Nothing that the records say of settings and machine differs")
      : differenceTable(differing),
    ...(same.length === 0 ? [] : [{
      kind: "details" as const,
      summary: "The same in both",
      count: { n: same.length, noun: "fact" },
      blocks: [{ kind: "facts" as const, facts: same }],
    }]),
  ];
}

function differenceTable(facts: readonly SidedFact[]): Table {
  return {
    kind: "table",
    role: "words",
    caption: [text("What differs in what was run, and where.")],
    noun: "fact",
    intervals: "on demand",
    common: [],
    keys: [{ factor: "fact", title: "fact" }],
    columns: ["base", "head"].map((id) => ({ id, title: id, align: "words" as const })),
    rows: facts.map((fact) => ({
      keys: [{ factor: "fact", value: fact.name }],
      cells: [fact.base, fact.head].map((value) => ({
        kind: "words" as const,
        text: [sentence(value)],
      })),
    })),
  };
}

function runFacts(record: RunRecord): readonly NamedFact[] {
  const { trials, cases, partial, startedAt, settings } = record;
  return [
    { name: "started", value: startedAt },
    {
      name: "trials",
      value: `${plural(trials.length, "trial")} of ${plural(cases.length, "case")}`,
    },
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
