/** Reads Documents as tests need them. */

import type { RunRecord } from "../../src/model/run_record.ts";
import { buildRecordDocument } from "../../src/report/build/record_document.ts";
import type { Block, Document, ListItem } from "../../src/report/document/document.ts";
import { divideIntoParts, type Part, type TerminalSize } from "../../src/report/document/writer.ts";
import type { Cell, FigureCell, Table } from "../../src/report/document/table.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { writeMarkdown } from "../../src/report/write/markdown.ts";
import { writeTerminal } from "../../src/report/write/terminal.ts";

export const markdownOf = (record: RunRecord): string => writeMarkdown(buildRecordDocument(record));

export const pageOf = (record: RunRecord): string => reportFormats.get("html")!.render(record);

export const terminalOf = (record: RunRecord, terminal?: TerminalSize): string =>
  writeTerminal(buildRecordDocument(record), terminal === undefined ? {} : { terminal });

/** All blocks, those of details among them. */
export function allBlocks(blocks: readonly Block[]): readonly Block[] {
  return blocks.flatMap((block) =>
    block.kind === "details" ? [block, ...allBlocks(block.blocks)] : [block]
  );
}

export function tablesOf({ blocks }: Pick<Document, "blocks">): readonly Table[] {
  return allBlocks(blocks).filter((block) => block.kind === "table");
}

/** The parts of a scenario, one a placement. */
export function scenarioParts({ blocks }: Document, scenario?: string): readonly Part[] {
  return divideIntoParts(blocks).filter(({ heading }) =>
    heading?.role === "scenario" && (scenario === undefined || heading.anchor === scenario)
  );
}

export function tableOf(record: RunRecord, scenario: string, role: Table["role"]): Table {
  const tables = scenarioParts(buildRecordDocument(record), scenario).flatMap(tablesOf);
  const found = tables.find((table) => table.role === role);
  if (found === undefined) throw new Error(`no table ${role} of ${scenario}`);
  return found;
}

/** The findings, those that are read first and all. */
export function findingsOf(
  { blocks }: Document,
): { readonly first: readonly ListItem[]; readonly all: readonly ListItem[] } {
  const items = (some: readonly Block[]) =>
    some.flatMap((block) => block.kind === "list" && block.role === "findings" ? block.items : []);
  return { first: items(blocks), all: items(allBlocks(blocks)) };
}

export function warningsOf({ blocks }: Document): readonly ListItem[] {
  return blocks.flatMap((block) =>
    block.kind === "list" && block.role === "warnings" ? block.items : []
  );
}

export const figures = (cells: readonly (Cell | null)[]): readonly (FigureCell | null)[] =>
  cells.map((cell) => cell?.kind === "figure" ? cell : null);
