/**
 * Charts in Markdown: pictures in files beside the text, which reads as well without them.
 *
 * @module
 */

import type { Placement } from "../model/placement.ts";
import type { Chart } from "./chart/chart.ts";
import { chartFileName } from "./chart/chart_files.ts";
import { escapeMarkdown } from "../text/escape_markdown.ts";
import { placementKey } from "./describe_case.ts";

/** Charts of a section that are shown at once; the others fold. */
const MOST_SHOWN = 2;
/** An alternative text longer than this is skipped rather than heard. */
const MOST_ALTERNATIVE = 240;

/** Charts that a report refers to. */
export interface ChartReferences {
  /** The charts. */
  readonly charts: readonly Chart[];
  /** The directory beside the report in which their files are, by its name alone. */
  readonly directory: string;
}

/**
 * The charts of one scenario under one placement, or of the run as a whole.
 *
 * @param references All charts; absent: the report has none.
 * @param scenario The scenario; `null`: the run.
 * @param placement The placement; absent: any.
 * @returns Blocks of Markdown.
 */
export function renderCharts(
  references: ChartReferences | undefined,
  scenario: string | null,
  placement?: Placement,
): readonly (readonly string[])[] {
  if (references === undefined) return [];
  const images = references.charts.filter((chart) =>
    chart.scenario === scenario && (placement === undefined || chart.placement === null ||
      placementKey({ placement }) === placementKey({ placement: chart.placement }))
  ).map((chart) => [renderImage(chart, references.directory)]);
  const [shown, folded] = [images.slice(0, MOST_SHOWN), images.slice(MOST_SHOWN)];
  if (folded.length === 0) return shown;
  const count = folded.length === 1 ? "1 further chart" : `${folded.length} further charts`;
  return [...shown, [`<details><summary>${count}</summary>`], ...folded, ["</details>"]];
}

function renderImage(chart: Chart, directory: string): string {
  const path = [directory, chartFileName(chart)].map(encodeSegment).join("/");
  return `![${escapeMarkdown(chart.description, MOST_ALTERNATIVE)}](${path})`;
}

/** A parenthesis would end the address. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed())
    .replace(/[()']/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}
