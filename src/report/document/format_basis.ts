// What a sentence rests on, in words.

import { namePlacement } from "./format_placement.ts";
import { CONFIDENCE } from "./column_look.ts";
import type { Basis } from "./document.ts";

/** What a sentence rests on, as in `95 % interval, 16 pairs, peer process`. */
export function formatBasis({ n, nMax, counted, confidence, placement }: Basis): string {
  const count = n === nMax ? `${n}` : `${n} to ${nMax}`;
  const basis = `${count} ${counted}${nMax === 1 ? "" : "s"}`;
  const interval = confidence >= CONFIDENCE ? "95 % interval, " : "";
  return `${interval}${basis}, ${namePlacement(placement)}`;
}
