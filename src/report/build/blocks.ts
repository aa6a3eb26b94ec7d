// Blocks and cells that builders make of few words.

import type { Summary } from "../../compare/summarize.ts";
import type { MetricDefinition } from "../../units/metric.ts";
import type { Block, Heading, List, ListItem, NamedFact } from "../document/document.ts";
import { type Inline, sentence, text } from "../document/inline.ts";
import type {
  Column,
  ColumnMetric,
  FigureCell,
  KeyColumn,
  Table,
  WordsCell,
} from "../document/table.ts";

export function heading(
  role: Heading["role"],
  title: string,
  anchor: string,
  rest: Partial<Heading> = {},
): Heading {
  return { kind: "heading", level: 2, text: [text(title)], role, anchor, ...rest };
}

export function paragraph(words: string): Block {
  return { kind: "paragraph", text: [sentence(words)] };
}

export function list(role: List["role"], items: readonly ListItem[]): readonly Block[] {
  return items.length === 0 ? [] : [{ kind: "list", role, items }];
}

/** What there is of something that may be absent. */
export function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

export function figureCell(summary: Summary, hasModes = true): FigureCell {
  const { bimodality } = summary;
  return {
    kind: "figure",
    case: summary.case,
    value: summary.median,
    low: summary.low,
    high: summary.high,
    n: summary.n,
    confidence: summary.confidence,
    ...(bimodality === undefined || !hasModes ? {} : {
      modes: {
        fast: bimodality.fast.median,
        fastShare: bimodality.fast.share,
        slow: bimodality.slow.median,
        slowShare: bimodality.slow.share,
      },
    }),
  };
}

export function columnMetric({ id, title, unit, better }: MetricDefinition): ColumnMetric {
  return { id, title, unit, better };
}

/** A table; what is not said of it is as plain as it may be. */
export function table(
  {
    role,
    caption = [],
    noun,
    fold,
    intervals = "on demand",
    common = [],
    keys = [],
    names,
    ...rest
  }:
    & Pick<Table, "role" | "noun" | "columns" | "rows">
    & Partial<Table>,
): Table {
  const { columns, rows } = rest;
  return {
    kind: "table",
    role,
    caption,
    noun,
    ...(fold === undefined ? {} : { fold }),
    intervals,
    common,
    keys,
    ...(names === undefined ? {} : { names }),
    columns,
    rows,
  };
}

/** Facts by name; those without a value are left out. */
export function named(facts: Readonly<Record<string, string | false>>): readonly NamedFact[] {
  return Object.entries(facts).flatMap(([name, value]) => value === false ? [] : [{ name, value }]);
}

export function keyColumns(factors: readonly string[]): readonly KeyColumn[] {
  return factors.map((factor) => ({ factor, title: factor }));
}

export function words(...said: readonly (string | Inline)[]): WordsCell {
  const parts = said.filter((part) => part !== "");
  return { kind: "words", text: parts.map((part) => typeof part === "string" ? text(part) : part) };
}

export function column(id: string, title: string, align: Column["align"] = "number"): Column {
  return { id, title, align };
}
