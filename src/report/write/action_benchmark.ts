// The two JSON forms of benchmark-action/github-action-benchmark, of which a file holds metrics of one direction only.

import { printable } from "../../text/printable.ts";
import type { Document } from "../document/document.ts";
import { formatQuantity } from "../document/format_inline.ts";
import { measuredCells } from "../document/judgement.ts";
import { judgementOf } from "../document/writer.ts";

/** Metrics of which less is better: `tool: customSmallerIsBetter`. */
export function writeActionBenchmarkSmaller(document: Document): string {
  return writeEntries(document, "lower");
}

/** Metrics of which more is better: `tool: customBiggerIsBetter`. */
export function writeActionBenchmarkBigger(document: Document): string {
  return writeEntries(document, "higher");
}

function writeEntries(document: Document, direction: "lower" | "higher"): string {
  const judgement = judgementOf(document);
  const cells = judgement === undefined ? [] : measuredCells(judgement);
  const entries = cells.filter(({ better }) => better === direction)
    .map(({ head, unit, case: id, metric, verdict, reason }) => {
      const bounds = [head.low, head.high].map((value) => formatQuantity(value, unit));
      return {
        // Names are shown as chart titles in a page of the action's own: what cannot be seen is spelt out.
        name: printable(`${id} ${metric}`),
        unit,
        value: head.value,
        range: `[${bounds.join(", ")}]`,
        extra: `${verdict} against ` +
          `${printable(judgement?.base ?? "")}\n${printable(reason)}\n${head.n} trials`,
      };
    });
  return `${JSON.stringify(entries, null, 2)}\n`;
}
