/**
 * Two records side by side: what was run, and where; what differs first.
 *
 * @module
 */

import type { RunRecord } from "../../record/trial.ts";
import { buildReport } from "../build_report.ts";
import type { NamedFact } from "../document.ts";
import { oneLine, SENTENCE } from "../markdown_text.ts";
import { markup } from "./html_text.ts";
import { openPart, type Part } from "./parts.ts";
import { tableHtml } from "./table_html.ts";

/**
 * The facts of both records as one table.
 *
 * @param records Both records.
 * @param id The part's anchor.
 * @returns The part.
 */
export function recordsPart(
  { base, head }: { readonly base: RunRecord; readonly head: RunRecord },
  id: string,
): Part {
  const [ofBase, ofHead] = [factsOf(base), factsOf(head)];
  const names = [...new Set([...ofBase.keys(), ...ofHead.keys()])];
  const differs = (name: string) => ofBase.get(name) !== ofHead.get(name);
  const sorted = [...names.filter(differs), ...names.filter((name) => !differs(name))];
  const value = (facts: ReadonlyMap<string, string>, name: string) => {
    const text = oneLine(facts.get(name) ?? "–", SENTENCE);
    return {
      content: differs(name) ? markup`<strong>${text}</strong>` : text,
      mark: "label long",
    };
  };
  const table = tableHtml({
    id: `${id}-table`,
    noun: "fact",
    caption: "What was run, and where; what differs comes first, in bold.",
    columns: [
      { title: "fact", kind: "label" },
      { title: "differs", kind: "label" },
      { title: "base", kind: "label" },
      { title: "head", kind: "label" },
    ],
    rows: sorted.map((name) => [
      { content: oneLine(name) },
      { content: differs(name) ? "yes" : "no" },
      value(ofBase, name),
      value(ofHead, name),
    ]),
  });
  return openPart(id, "The two records", table);
}

function factsOf(record: RunRecord): ReadonlyMap<string, string> {
  const { method, environment } = buildReport(record);
  const facts: readonly NamedFact[] = [
    { name: "started", value: record.startedAt },
    { name: "partial", value: record.partial ? "yes" : "no" },
    ...method,
    ...environment,
    { name: "command", value: record.settings.command },
  ];
  return new Map(facts.map(({ name, value }) => [name, value]));
}
