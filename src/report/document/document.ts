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

/** `level`: the title is 1; `role`: of level 2; `anchor`: need not be unique; `folded`: looked up rather than read; `placement`: of all figures. */
export interface Heading {
  readonly kind: "heading";
  readonly level: 2 | 3;
  readonly text: readonly Inline[];
  readonly role: PartRole;
  readonly anchor: string;
  readonly folded?: boolean;
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
  readonly role: "findings" | "notes" | "answers" | "warnings" | "skips";
  readonly items: readonly ListItem[];
}

/** `basis`: shown in small print or brackets; `sort`: a class name of a page; `figure`: the one that it gives in words. */
export interface ListItem {
  readonly text: readonly Inline[];
  readonly basis?: Basis;
  readonly remarks?: readonly (readonly Inline[])[];
  readonly about?: string;
  readonly sort?: string;
  readonly cases?: readonly string[];
  readonly figure?: ItemFigure;
}

/** A Basis is what a sentence rests on. `n`: the fewest pairs or trials of a figure, `nMax` the most; `confidence`: the lowest of an interval. */
export interface Basis {
  readonly n: number;
  readonly nMax: number;
  readonly counted: "pair" | "trial";
  readonly confidence: number;
  readonly placement: Placement;
}

/** The figure behind an item of a List: the best cell of a search. */
export type ItemFigure = Readonly<
  { within: readonly Key[]; at: readonly Key[]; metric: ColumnMetric; cell: FigureCell; of: number }
>;

/** Facts are names with values, as of a machine. `explains`: names are words that the values explain. */
export type Facts = Readonly<{ kind: "facts"; facts: readonly NamedFact[]; explains?: boolean }>;

export type NamedFact = { readonly name: string; readonly value: string };

/** Details are blocks that are folded where the format can. `summary`: as in `All comparisons`; `count`: as in 34 `comparison`. */
export interface Details {
  readonly kind: "details";
  readonly summary: string;
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
