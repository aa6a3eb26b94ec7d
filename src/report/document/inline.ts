// Inlines: the parts of which sentences are made, kept apart so that a writer may format each.

import type { Placement } from "../../model/placement.ts";
import type { MetricUnit } from "../../units/metric.ts";

/** An Inline is one part of a sentence. */
export type Inline =
  | Text
  | Name
  | Names
  | Alternatives
  | Sentence
  | Strong
  | Amount
  | AmountRange
  | Ratio
  | Interval
  | Reference;

/** Words of the suite itself, with their spaces. */
export type Text = { readonly kind: "text"; readonly text: string };

/** A name of a record: a transport, a parameter value, a scenario, a case. */
export interface Name {
  readonly kind: "name";
  /** The name; may hold anything. */
  readonly text: string;
}

/** Several names, of which a writer may show the first and count or fold the rest. */
export interface Names {
  readonly kind: "names";
  /** The names; may hold anything. */
  readonly names: readonly string[];
}

/** Names of which each may be meant: `a, b or c`. A writer may count the rest. */
export interface Alternatives {
  readonly kind: "alternatives";
  /** The names, at least one; may hold anything. */
  readonly names: readonly string[];
  readonly strong: boolean;
}

/** A text of a record or of an author: may hold anything; what stands in backticks and is plainly a name is one. A writer ends it with a full stop. */
export type Sentence = { readonly kind: "sentence"; readonly text: string };

/** What must not be overlooked. */
export type Strong = { readonly kind: "strong"; readonly parts: readonly Inline[] };

/** A value in its unit, with the bounds of its interval where the sentence gives them. */
export interface Amount {
  readonly kind: "amount";
  /** In `unit`. */
  readonly value: number;
  /** As stored; writers scale it. */
  readonly unit: MetricUnit;
  readonly low?: number;
  readonly high?: number;
}

/** Values of one kind from the smallest to the largest. */
export interface AmountRange {
  readonly kind: "range";
  /** Smallest, in `unit`. */
  readonly low: number;
  /** Largest; the same where there is one. */
  readonly high: number;
  /** As stored; writers scale it. */
  readonly unit: MetricUnit;
}

/** A ratio as the sentence states it, at least 1 where it states one; `word` follows it, as in "faster". */
export interface Ratio {
  readonly kind: "ratio";
  readonly ratio: number;
  /** How many decimals it and its interval are written with. */
  readonly decimals: number;
  /** As in `faster`; empty for nothing. */
  readonly word: string;
}

export interface Interval {
  readonly kind: "interval";
  readonly low: number;
  readonly high: number;
  /** As of the ratio; absent: each bound with those that suit it. */
  readonly decimals?: number;
}

/** Words that lead to another part of the Document, where the format has links. */
export interface Reference {
  readonly kind: "reference";
  readonly to: string;
  /** Placement of the part's heading, where several have this anchor. */
  readonly placement?: Placement;
  readonly parts: readonly Inline[];
}

/** Words of the suite with parts between them, as in `` phrase`best of ${name(scenario)} over ${parts}` ``. */
export function phrase(
  words: TemplateStringsArray,
  ...parts: readonly (string | number | Inline | readonly Inline[])[]
): Inline[] {
  const all: Inline[] = [];
  let open = words[0] ?? "";
  parts.forEach((part, index) => {
    if (typeof part === "object") {
      if (open !== "") all.push(text(open));
      all.push(...[part].flat());
      open = "";
    } else open += part;
    open += words[index + 1] ?? "";
  });
  return open === "" ? all : [...all, text(open)];
}

export function text(words: string): Text {
  return { kind: "text", text: words };
}

export function name(words: string): Name {
  return { kind: "name", text: words };
}

export function names(all: readonly string[]): Names {
  return { kind: "names", names: all };
}

/** A text of a record or an author. */
export function sentence(words: string): Sentence {
  return { kind: "sentence", text: words };
}

/** A value with its unit. */
export function amount(value: number, unit: MetricUnit): Amount {
  return { kind: "amount", value, unit };
}
