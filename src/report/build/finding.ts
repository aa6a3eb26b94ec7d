// Findings before they are items of a list.

import type { Basis } from "../document/document.ts";
import type { Inline } from "../document/inline.ts";

/** A Finding is one sentence on what the intervals allow to be said. */
export interface Finding {
  /** The scenario it is about; absent: several. */
  readonly scenario: string | undefined;
  /** `difference`: all its ratios exclude 1; `no difference`: they include it; `unresolved`: too few pairs to tell; `search`: the best cell. */
  readonly kind: "difference" | "no difference" | "unresolved" | "search";
  /** The sentence, without its last full stop. */
  readonly text: readonly Inline[];
  readonly basis: Basis;
  /** One sentence each on how to take it. */
  readonly remarks: readonly string[];
  /** Ids of the cases it rests on. */
  readonly cases: readonly string[];
}
