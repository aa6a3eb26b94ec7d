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
  | Amount
  | AmountRange
  | Ratio
  | Interval
  | Reference;

/** Words of the suite itself, with their spaces. */
export type Text = { readonly kind: "text"; readonly text: string };

/** A name of a record: a transport, a parameter value, a scenario, a case. It may hold anything. */
export type Name = Readonly<{ kind: "name"; text: string }>;

/** Several names, of which a writer may show the first and count or fold the rest. They may hold anything. */
export type Names = Readonly<{ kind: "names"; names: readonly string[] }>;

/** Names of which each may be meant: `a, b or c`. A writer may count the rest. */
export type Alternatives = Readonly<
  { kind: "alternatives"; names: readonly string[]; strong: boolean }
>;

/** A text of a record or of an author: may hold anything; what stands in backticks and is plainly a name is one. A writer ends it with a full stop. */
export type Sentence = { readonly kind: "sentence"; readonly text: string };

/** A value in its unit, with the bounds of its interval where the sentence gives them. Writers scale it. */
export type Amount = Readonly<
  { kind: "amount"; value: number; unit: MetricUnit; low?: number; high?: number }
>;

/** Values of one kind from the smallest to the largest. */
export type AmountRange = Readonly<{ kind: "range"; low: number; high: number; unit: MetricUnit }>;

/** A ratio as the sentence states it, at least 1 where it states one; `word` follows it, as in "faster". `decimals`: of it and its interval. */
export type Ratio = Readonly<{ kind: "ratio"; ratio: number; decimals: number; word: string }>;

/** `decimals`: those of the ratio; absent: each bound with those that suit it. */
export type Interval = Readonly<{ kind: "interval"; low: number; high: number; decimals?: number }>;

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
