// The Document that builders fill and writers format: values with typed keys, never texts; flat, as mdast is, parts begin at headings.

import type { Placement } from "../../model/placement.ts";
import type { Figure } from "./figure.ts";
import type { Inline } from "./inline.ts";
import type { Judgement } from "./judgement.ts";
import type { ColumnMetric, FigureCell, Key, Table } from "./table.ts";

/** Version of the Document, and of the JSON that holds one. */
export const DOCUMENT_VERSION = 2;

/** A Document is everything a reader is told, before any format. */
export interface Document {
  readonly kind: "record" | "trials" | "comparison" | "gate" | "ab";
  readonly title: readonly Inline[];
  /** One line of facts below the heading: machine, runtime, date, trials. */
  readonly facts: readonly (readonly Inline[])[];
  /** What must be seen before anything else, as that a run was partial or that environments differ; absent: nothing. */
  readonly notice?: Notice;
  /** The one line that answers, for who reads nothing else; absent where nothing can be answered. */
  readonly answer?: readonly Inline[];
  readonly blocks: readonly Block[];
  /** What it rests on, for programs: summaries and comparisons, unscaled. Writers for people pass over it. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** `lead`: as in `Partial run`. */
export type Notice = Readonly<{ lead: string; sentences: readonly (readonly Inline[])[] }>;

/** A Block is one element of a Document. */
export type Block =
  | Heading
  | Paragraph
  | List
  | Facts
  | Table
  | Figure
  | Details
  | Code
  | Judgement
  | Data;

/** What a part of a Document is for. Writers that show less than everything choose by it; a page derives its look from it. */
export type PartRole =
  | "findings"
  | "guide"
  | "scenario"
  | "run"
  | "warnings"
  | "skips"
  | "method"
  | "environment"
  | "reproduce"
  | "regressed"
  | "unjudged"
  | "inconclusive"
  | "improved"
  | "unchanged"
  | "cells"
  | "records"
  | "notes";

export interface Heading {
  readonly kind: "heading";
  /** 2 for a part, 3 for a part of a part; the title of the Document is 1. */
  readonly level: 2 | 3;
  readonly text: readonly Inline[];
  /** What the part is for; of a heading of level 2. */
  readonly role: PartRole;
  /** From which an anchor is made, as in `round-trip`; need not be unique. */
  readonly anchor: string;
  /** True where the part is looked up rather than read: a page folds it. */
  readonly folded?: boolean;
  /** Where the two ends of all figures of the part ran, to be kept in sight; absent: it differs, or there are none. */
  readonly placement?: Placement;
}

/** A Paragraph is one or several sentences. */
export interface Paragraph {
  readonly kind: "paragraph";
  readonly text: readonly Inline[];
  /** `question`: what the part answers; `placement`: where its figures come from; `evidence`: what the kernel counted; absent: plain. */
  readonly role?: "question" | "placement" | "evidence";
}

/** A List is items of equal rank. */
export interface List {
  readonly kind: "list";
  /** What its items are; a class name of a page. */
  readonly role: "findings" | "notes" | "answers" | "warnings" | "skips";
  readonly items: readonly ListItem[];
}

export interface ListItem {
  readonly text: readonly Inline[];
  /** What the sentence rests on; shown in small print or in brackets. */
  readonly basis?: Basis;
  readonly remarks?: readonly (readonly Inline[])[];
  readonly about?: string;
  /** What sort of item it is; a class name of a page. */
  readonly sort?: string;
  readonly cases?: readonly string[];
  /** The figure that it gives in words, for writers that draw. */
  readonly figure?: ItemFigure;
}

/** A Basis is what a sentence rests on. */
export interface Basis {
  /** Fewest pairs or trials that a figure of the sentence rests on. */
  readonly n: number;
  readonly nMax: number;
  /** What `n` counts. */
  readonly counted: "pair" | "trial";
  /** Lowest confidence that an interval of the sentence reaches, 0 to 1. */
  readonly confidence: number;
  /** Where the two ends ran; of a sentence on pinning, those of the cases in question. */
  readonly placement: Placement;
}

/** The figure behind an item of a List: the best cell of a search. */
export type ItemFigure = Readonly<
  { within: readonly Key[]; at: readonly Key[]; metric: ColumnMetric; cell: FigureCell; of: number }
>;

/** Facts are names with values, as of a machine. `explains`: names are words that the values explain. */
export type Facts = Readonly<{ kind: "facts"; facts: readonly NamedFact[]; explains?: boolean }>;

export type NamedFact = { readonly name: string; readonly value: string };

/** Details are blocks that are folded where the format can. */
export interface Details {
  readonly kind: "details";
  /** What is folded, as in `All comparisons`. */
  readonly summary: string;
  /** How many there are and of what, as in 34 `comparison`; absent: not counted. */
  readonly count?: { readonly n: number; readonly noun: string };
  readonly blocks: readonly Block[];
}

/** Code is text that keeps its lines: a command, a program. `language`: as in `sh`. */
export type Code = Readonly<{ kind: "code"; language: string; label: string; text: string }>;

/** Data are raw values for programs, never scaled or rounded; writers for people pass over them. */
export interface Data {
  readonly kind: "data";
  readonly columns: readonly string[];
  /** One value for each column, made when they are asked for: a record may hold a hundred thousand. */
  readonly rows: () => Iterable<readonly (string | number)[]>;
}
