// buildComparisonDocument: two records side by side as a Document, what changed first.

import type { Verdict, VerdictWord } from "../../gate/gate_result.ts";
import { plural } from "../../text/plural.ts";
import type { Document, NamedFact } from "../document/document.ts";
import type { Figure } from "../document/figure.ts";
import { name, sentence, text } from "../document/inline.ts";
import { heading, paragraph } from "./blocks.ts";
import { casesOf, factsOf, noteBlocks, noticeOf } from "./gate_document.ts";
import { bySeverity, type GateReport } from "./gate_report.ts";
import { recordSidesBlocks } from "./record_sides.ts";
import { reasonTable, verdictTable } from "./verdict_table.ts";

/** What changed comes first, what did not last. */
const ORDER: readonly VerdictWord[] = [
  "regressed",
  "improved",
  "inconclusive",
  "incomparable",
  "missing",
  "pass",
  "new",
];
const CHANGED: readonly VerdictWord[] = ["regressed", "improved"];

/** What the words mean. */
const GUIDE: readonly NamedFact[] = [
  {
    name: "change",
    value:
      "how much better or worse head is than base, with its 95 % interval. Of a share, such as loss, the difference in " +
      "percentage points",
  },
  { name: "regressed, improved", value: "shown by the test and by the size of the change" },
  { name: "pass", value: "what is beyond the threshold is excluded" },
  { name: "inconclusive", value: "neither is shown: the interval allows both" },
  { name: "missing, new", value: "only base has it; only head has it" },
  { name: "incomparable", value: "both have it and cannot be set against each other" },
  {
    name: "adjusted p",
    value:
      "if head were no worse, the chance of a result this bad, adjusted for the number of cells; of an improvement the " +
      "other way round",
  },
];

/** What a comparison may be built with. */
export interface ComparisonDocumentOptions {
  /** Its charts; absent: none. */
  readonly figures?: readonly Figure[];
  /** Whether metrics that are no headline are shown where they did not change; absent: they are. */
  readonly all?: boolean;
}

/** Builds the Document of a comparison. */
export function buildComparisonDocument(
  report: GateReport,
  { figures = [], all = true }: ComparisonDocumentOptions = {},
): Document {
  const { result, records, base, head } = report;
  const cells = bySeverity(result.cells, ORDER);
  const options = { cases: casesOf(report), paired: result.paired };
  const compared = cells.filter(({ ratio }) => ratio !== undefined);
  const changed = compared.filter(({ verdict }) => CHANGED.includes(verdict));
  const rest = compared.filter((cell) => !changed.includes(cell));
  const shown = rest.filter(({ headline }) => all || headline);
  const gaps = cells.filter(({ ratio }) => ratio === undefined);
  return {
    kind: "comparison",
    title: [name(head), text(" against "), name(base)],
    facts: [...countVerdicts(cells), ...factsOf(report).slice(1)],
    ...noticeOf(report),
    answer: [sentence(result.summary)],
    blocks: [
      heading("regressed", "What changed", "changed"),
      changed.length === 0 ? paragraph(describeUnchanged(cells)) : verdictTable(changed, options),
      ...(figures.length === 0 ? [] : [heading("cells", "How much", "sizes"), ...figures]),
      ...(shown.length === 0 ? [] : [
        heading("cells", changed.length === 0 ? "All cells" : "The other cells", "cells"),
        verdictTable(shown, options),
      ]),
      ...(shown.length === rest.length ? [] : [paragraph(
        `${plural(rest.length - shown.length, "further cell")} without a change: --all shows them.`,
      )]),
      ...(gaps.length === 0
        ? []
        : [heading("unjudged", "Without a comparison", "gaps"), reasonTable(gaps)]),
      ...(records === undefined ? [] : recordSidesBlocks(records)),
      heading("guide", "How to read this", "guide", { folded: true }),
      { kind: "facts", facts: GUIDE, explains: true },
      heading("notes", "Notes", "notes", { folded: true }),
      ...noteBlocks(report),
    ],
  };
}

/** As in `2 regressed`, one of each verdict that occurs. */
function countVerdicts(cells: readonly Verdict[]) {
  return ORDER.flatMap((word) => {
    const n = cells.filter(({ verdict }) => verdict === word).length;
    return n === 0 ? [] : [[text(`${n} ${word}`)]];
  });
}

function describeUnchanged(cells: readonly Verdict[]): string {
  return cells.some(({ verdict, ratio }) => verdict === "incomparable" && ratio !== undefined)
    ? "The two records are not of one kind, so that no change is judged. The figures below are as they were measured"
    : "No cell regressed or improved: where there is a change, these trials do not show it";
}
