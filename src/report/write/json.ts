// writeJson: a Document and what it rests on, for programs.

import { disarmJson } from "../../text/disarm.ts";
import { type Document, DOCUMENT_VERSION } from "../document/document.ts";

/** What `report --format json` writes. Not a record: it holds no trials, and no command reads it. */
export interface ReportFile extends Readonly<Record<string, unknown>> {
  readonly kind: "sockbench-report";
  readonly reportVersion: typeof DOCUMENT_VERSION;
  readonly document: Omit<Document, "data">;
}

export function writeJson(document: Document): string {
  const { data = {}, ...rest } = document;
  const file: ReportFile = {
    kind: "sockbench-report",
    reportVersion: DOCUMENT_VERSION,
    ...data,
    document: rest,
  };
  return `${JSON.stringify(file, writeValue, 2)}\n`;
}

/** Writes what a Document rests on, without the Document; an infinite number, as of a separation, becomes null. */
export function writeData({ data = {} }: Document): string {
  // A job may print the file: names in it must not be commands there.
  return `${disarmJson(JSON.stringify(data, null, 2))}\n`;
}

/** JSON has no infinity (the separation of two groups without any noise): the largest number stands for it. */
function writeValue(_key: string, value: unknown): unknown {
  if (value === Infinity) return Number.MAX_VALUE;
  return typeof value === "string" ? value.toWellFormed() : value;
}
