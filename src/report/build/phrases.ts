// Phrases: the parts of which sentences on comparisons are made, and what a finding is.

import { type Contrasted, mayBeChance } from "../../compare/contrast.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import { ratioDecimals } from "../../units/format_quantity.ts";
import type { MetricDefinition } from "../../units/metric.ts";
import { UNITS } from "../../units/unit.ts";
import type { Basis } from "../document/document.ts";
import { formatKeys } from "../document/format_key.ts";
import { type Inline, name, phrase } from "../document/inline.ts";
import { paramKeys } from "./keys.ts";

/** What may be said of a comparison: `may be chance` where its interval excludes 1, as some do among so many comparisons. */
export function reading(
  item: Contrasted,
): "better" | "worse" | "none found" | "may be chance" | "cannot tell" {
  if (item.warnings.length > 0) return "cannot tell";
  return mayBeChance(item) ? "may be chance" : item.difference;
}

/** The ratio as a sentence states it: 6.2× slower rather than 0.16× as fast. */
export function statedRatio(item: Contrasted): { ratio: number; low: number; high: number } {
  if (item.difference !== "worse") return item;
  return { ratio: 1 / item.ratio, low: 1 / item.high, high: 1 / item.low };
}

/** The word for the difference, as in `faster`, `more expensive`, `higher`. */
export function wordOf({ metric, difference }: Contrasted): string {
  const [better, worse] = UNITS[metric.unit].words ?? directionWords(metric);
  return difference === "worse" ? worse : better;
}

function directionWords(metric: MetricDefinition): readonly [string, string] {
  return metric.better === "lower" ? ["lower", "higher"] : ["higher", "lower"];
}

/** The case in question, by the factor's value in it, as in `unix`, `nagle on`. */
export function subject(item: Contrasted): Inline[] {
  return [name(namesItself(item) ? String(item.value) : `${item.factor} ${item.value}`)];
}

/** What it is compared against, by the factor's value in it, as in `tcp`, `nagle off`. */
export function base(item: Contrasted): Inline[] {
  return [name(namesItself(item) ? String(item.baseValue) : `${item.factor} ${item.baseValue}`)];
}

function namesItself({ factor }: Contrasted): boolean {
  return factor === "transport" || factor === "scenario";
}

/** The metric compared, unless the scenario is named after it, as in ` (p50)`. */
export function metricOf({ metric, scenario }: Contrasted): Inline[] {
  return metric.title === scenario ? [] : phrase` (${metric.title})`;
}

/** The scenario, unless the subject names it, as in ` for round-trip`. */
export function scenarioOf(item: Contrasted): Inline[] {
  return item.factor === "scenario" || item.factor === item.scenario
    ? []
    : phrase` for ${name(item.scenario)}`;
}

/** The scenario and what both cases have in common, as in ` for round-trip at 64 B`. */
export function where(item: Contrasted, label: string): Inline[] {
  return [...scenarioOf(item), ...(label === "" ? [] : phrase` at ${name(label)}`)];
}

/** What both cases of a comparison have in common, in words, as in `64 B`, `write-write-read, body 256 B`; may be empty. */
export function atLabel(
  spec: ScenarioSpec,
  item: Contrasted,
  constant: ReadonlySet<string>,
): string {
  const entries = Object.entries(ownParams(spec, item)).filter(([key]) => !constant.has(key));
  return formatKeys(paramKeys(spec, Object.fromEntries(entries)));
}

/** The parameters that both cases share and the scenario declares, with the transport. */
export function ownParams(spec: ScenarioSpec, item: Contrasted): Contrasted["shared"] {
  const declared = new Set(["transport", ...spec.parameters.map(({ name }) => name)]);
  return Object.fromEntries(Object.entries(item.shared).filter(([key]) => declared.has(key)));
}

export function ratio(item: Contrasted, word: string): Inline {
  const stated = statedRatio(item);
  return { kind: "ratio", ratio: stated.ratio, decimals: ratioDecimals(stated.ratio), word };
}

export function interval(item: Contrasted): Inline {
  const { ratio, low, high } = statedRatio(item);
  return { kind: "interval", low, high, decimals: ratioDecimals(ratio) };
}

/** A Finding is one sentence on what the intervals allow to be said. `scenario`: absent of several; `search`: the best cell; `unresolved`: too few pairs to tell. */
export interface Finding {
  readonly scenario: string | undefined;
  readonly kind: "difference" | "no difference" | "unresolved" | "search";
  readonly text: readonly Inline[];
  readonly basis: Basis;
  readonly remarks: readonly string[];
  readonly cases: readonly string[];
}
