// Sections: one scenario under one placement, with all that is shown of it.

import { findMetric, metricsOf } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import type { Block, ListItem } from "../document/document.ts";
import type { Figure } from "../document/figure.ts";
import { describePlacement, namePlacement, placementKey } from "../document/format_key.ts";
import { sentence, text } from "../document/inline.ts";
import type { Table } from "../document/table.ts";
import { groupBy } from "../group_by.ts";
import type { AnswerSource } from "./answers.ts";
import { heading, list, paragraph, present } from "./blocks.ts";
import type { Evaluation } from "./evaluation.ts";
import { buildEvidence } from "./evidence.ts";
import { buildRunWide, type RunWide } from "./run_wide_table.ts";
import { buildSearch, describeSearch, type SearchResult } from "./search.ts";
import { buildSplit } from "./split.ts";
import { buildComparativeTable, buildMetricsTable } from "./tables.ts";

/** One scenario under one placement, with all that is shown of it. `further`: its split first; `metrics`: every case with every metric; what no case yields is absent. */
export interface Section extends AnswerSource {
  readonly spec: ScenarioSpec;
  readonly further: readonly Table[];
  readonly metrics: Table | undefined;
  readonly runWide: RunWide | undefined;
  readonly evidence: Block | undefined;
}

export function buildSections(
  { record, values, summaryOf, isChance }: Evaluation,
  spec: ScenarioSpec,
  margin: number,
): readonly Section[] {
  const metrics = metricsOf(record, spec);
  const [headline] = metrics;
  const groups = groupBy(record.cases.filter((one) => one.scenario === spec.id), placementKey);
  return [...groups.values()].map((cases): Section => {
    // A case that was measured for other metrics only has no place among those of this one.
    const havingMetric = (all: readonly Case[], metric: string) =>
      all.filter(({ id }) =>
        summaryOf(id, metric) !== undefined || values.succeeded(id).length === 0
      );
    const table = headline === undefined
      ? undefined
      : buildComparativeTable(spec, havingMetric(cases, headline.id), headline, {
        summaryOf,
        values,
        isChance,
      });
    return {
      spec,
      scenario: spec.id,
      placement: cases[0].placement,
      ...(table === undefined ? {} : { headline: table }),
      further: buildFurtherTables({ record, values, summaryOf, isChance }, spec, cases),
      metrics: buildMetricsTable(spec, cases, metrics, summaryOf),
      runWide: buildRunWide(spec, cases, metrics, values),
      search: headline === undefined
        ? []
        : buildSearch(spec, cases, headline, { summaryOf, values, isChance }, margin),
      evidence: buildEvidence(spec, cases, values),
    };
  });
}

/** The split of a metric, and the tables of metrics that are no headline: of the cases that have them. */
function buildFurtherTables(
  { record, values, summaryOf, isChance }: Pick<
    Evaluation,
    "record" | "values" | "summaryOf" | "isChance"
  >,
  spec: ScenarioSpec,
  cases: readonly Case[],
): readonly Table[] {
  const metricOf = (id: string | undefined) =>
    id === undefined ? undefined : findMetric(record, id);
  const split = buildSplit(spec, cases, metricOf(spec.split?.metric), values);
  const others = (spec.tables ?? []).map((id) => {
    const metric = metricOf(id);
    const own = cases.filter((one) => summaryOf(one.id, id) !== undefined);
    return metric &&
      buildComparativeTable(spec, own, metric, { summaryOf, values, isChance }, "further");
  });
  return [split, ...others].filter((table) => table !== undefined);
}

export function sectionBlocks(
  section: Section,
  sections: readonly Section[],
  figures: readonly Figure[],
): readonly Block[] {
  const { spec, placement, headline, further, metrics, runWide, search, evidence } = section;
  const isPlaced = placement.pin !== "none" ||
    sections.some((other) => other !== section && other.scenario === spec.id);
  const title = isPlaced ? `${spec.id} (${namePlacement(placement)})` : spec.id;
  const own = figures.filter((figure) =>
    figure.scenario === spec.id && (figure.placement === null
      // A chart of several placements stands in the first part of its scenario.
      ? sections.find((other) => other.scenario === spec.id) === section
      : placementKey({ placement: figure.placement }) === placementKey({ placement }))
  );
  const blocks: Block[] = [
    heading("scenario", title, spec.id, { placement }),
    { kind: "paragraph", role: "question", text: [sentence(spec.question)] },
    ...list("notes", spec.notes.map((note) => ({ text: [sentence(note)] }))),
    {
      kind: "paragraph",
      role: "placement",
      text: [text(`Placement: ${describePlacement(placement)}.`)],
    },
  ];
  if (headline === undefined && metrics === undefined) {
    return [...blocks, paragraph("No trial of this scenario has figures.")];
  }
  return [
    ...blocks,
    ...present(headline),
    ...further,
    ...own,
    ...list("answers", search.map(searchItem)),
    ...present(metrics),
    ...present(runWide?.table),
    ...list("notes", runWide?.notes ?? []),
    ...present(evidence),
  ];
}

function searchItem(result: SearchResult): ListItem {
  const { group, at, metric, figure, cells } = result;
  return {
    text: describeSearch(result),
    figure: { within: group, at, metric, cell: figure, of: cells },
  };
}
