// Parts: the blocks of a Document by the heading that they stand under.

import type { Block, Document, Heading } from "./document.ts";
import type { Judgement } from "./judgement.ts";

/** A heading of level 2 and what stands under it. */
export interface Part {
  /** The heading; absent before the first one. */
  readonly heading?: Heading;
  /** The blocks, headings of level 3 among them. */
  readonly blocks: readonly Block[];
}

/**
 * Divides blocks at their headings of level 2. The parts in their order; one without a heading only where blocks stand before
 * the first.
 */
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

/** What a gate or a comparison found, for formats of programs; `undefined` where the Document is of neither. */
export function judgementOf({ blocks }: Document): Judgement | undefined {
  return blocks.find((block) => block.kind === "judgement");
}
