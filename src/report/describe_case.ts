// Parameters of cases in words.

import type { Params } from "../model/params.ts";
import type { ScenarioSpec } from "../model/scenario_spec.ts";
import { formatSize } from "../units/format_quantity.ts";

/**
 * A parameter's value as readers write it, as in `16 KiB` for a size, `100 µs` for a count that has a unit, else the value
 * itself.
 */
export function formatParam(spec: ScenarioSpec, name: string, value: number | string): string {
  const declared = spec.parameters.find((parameter) => parameter.name === name);
  if (typeof value !== "number") return value;
  if (declared?.kind === "size") return formatSize(value);
  return declared?.unit === undefined ? String(value) : `${value} ${declared.unit}`;
}

/**
 * Several parameters in a few words: a single size stands for itself, the rest carry their names, as in `64 B` or `write-write-
 * read, header 4 B, body 60 B`; empty for none.
 */
export function describeParams(spec: ScenarioSpec, params: Params): string {
  const entries = Object.entries(params);
  return entries.map(([name, value]) => {
    const text = formatParam(spec, name, value);
    const declared = spec.parameters.find((parameter) => parameter.name === name);
    const kind = declared?.kind;
    const hasUnit = kind === "size" || declared?.unit !== undefined;
    // `nagle on` needs its name; a transport and a pattern such as `write-read` speak for themselves.
    const speaks = name === "transport" || (kind === "choice" && text.includes("-")) ||
      (hasUnit && spec.parameters.length === 1);
    return speaks ? text : `${name} ${text}`;
  }).join(", ");
}
