// Charts beside a report: files in a directory named after it.

import { basename, dirname, extname, join } from "node:path";
import type { RunRecord } from "../model/run_record.ts";
import { CHART_START } from "../report/chart/build_charts.ts";
import type { RenderOptions, ReportFormat } from "../report/registry.ts";
import { isSpecialFile, writeFileAtomically, writeObstacle } from "./write_file_atomically.ts";

/** A report about to be written to a file. */
export interface ReportForFile {
  /** Its text; refers to no chart that is not there. */
  readonly text: string;
  /** The directory of its charts; absent where it has none. */
  readonly charts?: string;
  /** One sentence on why the charts could not be written. */
  readonly problem?: string;
}

/**
 * Renders a record for a file and writes the charts that belong beside it, to `<name>-charts/`. The report itself is left to
 * the caller: it comes last, so that it never refers to what is not there yet.
 *
 * @returns the report, without charts where they could not be written.
 */
export async function renderForFile(
  record: RunRecord,
  format: ReportFormat,
  path: string,
  options: RenderOptions = {},
): Promise<ReportForFile> {
  // A pipe or a device has nothing beside it.
  if (format.renderWithFiles === undefined || await isSpecialFile(path)) {
    return { text: format.render(record, options) };
  }
  const name = `${basename(path, extname(path))}-charts`;
  const charts: string = join(dirname(path), name);
  const { text, files } = format.renderWithFiles(record, name, options);
  if (files.size === 0) return { text };
  try {
    await writeAll(charts, files);
    return { text, charts };
  } catch (error) {
    const problem = `cannot write the charts of ${path} to ${charts}: ${writeObstacle(error)}`;
    return { text: format.render(record, options), problem };
  }
}

async function writeAll(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  const isNew = await makeDirectory(directory);
  try {
    for (const [name, text] of files) await writeFileAtomically(join(directory, name), text);
    if (!isNew) await removeStale(directory, files);
  } catch (error) {
    if (isNew) await Deno.remove(directory, { recursive: true }).catch(() => {});
    throw error;
  }
}

/**
 * Removes the charts of an earlier report of the same name, which this one does not have. Only what begins as the suite's own
 * charts do: anything else in the directory is somebody's.
 */
async function removeStale(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  try {
    for await (const { name, isFile } of Deno.readDir(directory)) {
      const path: string = join(directory, name);
      if (!isFile || !name.endsWith(".svg") || files.has(name)) continue;
      if ((await Deno.readTextFile(path)).startsWith(CHART_START)) await Deno.remove(path);
    }
  } catch {
    // They are in nobody's way.
  }
}

/** Not recursive: a report whose own directory does not exist is refused. */
async function makeDirectory(path: string): Promise<boolean> {
  try {
    await Deno.mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}
