// Writers: what turns a Document into the text of one format, and the parts in which they read it.

import type { Block, Document, Heading } from "./document.ts";
import type { Figure } from "./figure.ts";
import type { Judgement } from "./judgement.ts";

/** A drawn chart. `path`: the segments from the directory of the text; absent: it has no file. */
export interface Picture {
  readonly title: string;
  readonly description: string;
  readonly svg: string;
  readonly path?: readonly string[];
}

/** What a terminal can show, and how much. */
export interface TerminalSize {
  /** Width in columns. */
  readonly columns: number;
  /** Whether escape codes for colour may be used. */
  readonly color: boolean;
  /** Whether it shows Unicode; else everything is written in ASCII. */
  readonly unicode: boolean;
  /** Findings at most; absent: those of the Document's beginning. */
  readonly mostFindings?: number;
  /** Bars of all scenarios together, roughly; each scenario gets its share, and two at least. Absent: all, under every placement. */
  readonly mostBars?: number;
}

/** What a writer is given besides the Document. `draw`: absent where the text does without pictures; `pictureStyle`: of all of them; `terminal`: absent 80 columns without colour. */
export interface WriterOptions {
  readonly draw?: (figure: Figure) => Picture;
  readonly pictureStyle?: string;
  readonly terminal?: TerminalSize;
}

/** A Writer writes one format. The same Document gives the same text. */
export type Writer = (document: Document, options?: WriterOptions) => string;

/** A heading of level 2 and what stands under it. `heading`: absent before the first one. */
export type Part = Readonly<{ heading?: Heading; blocks: readonly Block[] }>;

/** Parts that begin at headings of level 2; one without a heading only where blocks stand before the first. */
export function divideIntoParts(blocks: readonly Block[]): readonly Part[] {
  const parts: { heading?: Heading; blocks: Block[] }[] = [];
  for (const block of blocks) {
    if (block.kind === "heading" && block.level === 2) parts.push({ heading: block, blocks: [] });
    else {
      if (parts.length === 0) parts.push({ blocks: [] });
      parts.at(-1)?.blocks.push(block);
    }
  }
  return parts;
}

/** What a gate or a comparison found, for formats of programs, and of the first of several heads; `undefined` where the Document is of neither. */
export function judgementOf(document: Document): Judgement | undefined {
  return judgementsOf(document)[0];
}

/** What a gate or a comparison found of each head; none where the Document is of neither. */
export function judgementsOf({ blocks }: Document): readonly Judgement[] {
  return blocks.filter((block) => block.kind === "judgement");
}
