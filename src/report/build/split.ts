// Splits: how one metric divides into parts, each the difference of two cells, trial by trial of the same round.

import { pairByRound } from "../../compare/contrast.ts";
import { CONFIDENCE } from "../../compare/summarize.ts";
import type { TrialValues } from "../../compare/trial_values.ts";
import type { MetricDefinition } from "../../units/metric.ts";
import type { Case } from "../../model/case.ts";
import type { ScenarioSpec, SplitCell, SplitPart } from "../../model/scenario_spec.ts";
import { splitKey } from "../../model/scenario_spec.ts";
import { medianInterval } from "../../stats/median_interval.ts";
import { sentence } from "../document/inline.ts";
import type { FigureCell, Table } from "../document/table.ts";
import { groupBy } from "../group_by.ts";
import { columnMetric, keyColumns, table } from "./blocks.ts";
import { factorKey } from "./keys.ts";

/** The table of a scenario's split: a column for each part; `undefined` where it has none, or no part could be measured. */
export function buildSplit(
  spec: ScenarioSpec,
  cases: readonly Case[],
  metric: MetricDefinition | undefined,
  values: TrialValues,
): Table | undefined {
  const { split } = spec;
  if (split === undefined || metric === undefined) return undefined;
  const fixed = new Set(split.parts.flatMap(({ of }) => Object.keys(of.params)));
  const shared = spec.parameters.map(({ name }) => name).filter((name) => !fixed.has(name));
  const groups = groupBy(cases, (one) => splitKey({ ...one, pin: one.placement.pin }, split));
  const rows = [...groups.values()].map((group) => ({
    keys: [
      factorKey(spec, "transport", withoutDriver(group[0].transport)),
      ...shared.map((name) => factorKey(spec, name, group[0].params[name])),
    ],
    cells: split.parts.map((part) => partOf(part, group, metric, values)),
  })).filter(({ cells }) => cells.some((one) => one !== null));
  if (rows.length === 0) return undefined;
  return table({
    role: "split",
    caption: [
      sentence(
        `Where it goes: ${metric.title}, in parts. Each part is the difference of two cases, ` +
          "paired by round",
      ),
    ],
    noun: "row",
    intervals: "shown",
    keys: keyColumns(["transport", ...shared]),
    columns: split.parts.map(({ title }) => ({
      id: title,
      title,
      // A part is neither better nor worse.
      metric: { ...columnMetric(metric), better: "neither" },
      align: "number",
    })),
    rows,
  });
}

function partOf(
  { of, less }: SplitPart,
  group: readonly Case[],
  { id }: MetricDefinition,
  values: TrialValues,
): FigureCell | null {
  const whole = group.find((one) => isCell(one, of));
  const rest = less && group.find((one) => isCell(one, less));
  if (whole === undefined || (less !== undefined && rest === undefined)) return null;
  const own = values.of(whole.id, id);
  const amounts = rest === undefined
    ? own.map(({ value }) => value)
    : pairByRound(own, values.of(rest.id, id)).map(([a, b]) => a - b);
  if (amounts.length === 0) return null;
  const { estimate, low, high, n, confidence } = medianInterval(amounts, {
    confidence: CONFIDENCE,
  });
  return { kind: "figure", case: whole.id, value: estimate, low, high, n, confidence };
}

function isCell({ transport, params }: Case, { driver, params: wanted }: SplitCell): boolean {
  return driverOf(transport) === driver &&
    Object.entries(wanted).every(([name, value]) => params[name] === value);
}

/** A transport's id names a driver after an at sign, unless it is Deno's own. */
function driverOf(transport: string): string {
  const at = transport.indexOf("@");
  return at < 0 ? "deno" : transport.slice(at + 1);
}

function withoutDriver(transport: string): string {
  const at = transport.indexOf("@");
  return at < 0 ? transport : transport.slice(0, at);
}
