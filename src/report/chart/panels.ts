// Panels: the cases of one scenario, placement and set of parameters; their series differ in transport and choices side by side.

import type { Case } from "../../model/case.ts";
import type { Params } from "../../model/params.ts";
import type { Placement } from "../../model/placement.ts";
import type { RunRecord } from "../../model/run_record.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import { factorKey, paramKeys } from "../build/keys.ts";
import { MAX_SERIES } from "../document/figure.ts";
import { formatKey, formatKeys, placementKey } from "../document/format_key.ts";
import { groupBy } from "../group_by.ts";

/** A Series is one case, or several along an axis, under one name. */
export type Series = Readonly<{ name: string; transport: string; cases: readonly Case[] }>;

/** A Panel is what belongs into one chart. `label`: what all its cases agree in, as in `64 B`; `key`: the same for a slug. */
export interface Panel {
  readonly spec: ScenarioSpec;
  readonly placement: Placement;
  readonly label: string;
  readonly key: string;
  readonly series: readonly Series[];
}

/** Sorts the cases of a scenario into panels. Panels by placement, then by parameters: numbers ascending. */
export function splitIntoPanels(
  record: RunRecord,
  spec: ScenarioSpec,
  along: readonly string[] = [],
): readonly Panel[] {
  const choices = spec.parameters.filter(({ kind, name }) =>
    kind === "choice" && spec.columns.includes(name)
  ).map(({ name }) => name);
  const cases = record.cases.filter((one) => one.scenario === spec.id);
  const paramsOf = (one: Case) =>
    pick(one.params, (name) => !choices.includes(name) && !along.includes(name));
  const groups = groupBy(
    [...cases].sort((a, b) => compareParams(paramsOf(a), paramsOf(b))),
    (one) => JSON.stringify([placementKey(one), Object.entries(paramsOf(one))]),
  );
  const panels = [...groups.values()].map((group): Panel => {
    const [first] = group;
    const params = paramsOf(first);
    const name = (one: Case) => seriesName(spec, one, choices);
    return {
      spec,
      placement: first.placement,
      label: formatKeys(paramKeys(spec, params)),
      key: Object.entries(params).map(([key, value]) => `${key}-${value}`).join("-"),
      series: [...groupBy(group, name)].map(([key, members]) => ({
        name: key,
        transport: members[0].transport,
        cases: members,
      })),
    };
  });
  return [...groupBy(panels, placementKey).values()].flatMap(joinSingles);
}

/** Charts of one line each compare nothing: what stands alone goes into one panel together. */
function joinSingles(panels: readonly Panel[]): readonly Panel[] {
  const singles = panels.filter(({ series }) => series.length === 1);
  const [first] = singles;
  if (first === undefined || singles.length < 2) return panels;
  const rest = panels.filter(({ series }) => series.length !== 1);
  return [...rest, {
    ...first,
    ...(rest.length === 0 ? { label: "", key: "" } : { label: "further cells", key: "further" }),
    series: singles.flatMap(({ label, series }) =>
      series.map((one) => ({ ...one, name: label === "" ? one.name : `${one.name} · ${label}` }))
    ),
  }];
}

function seriesName(spec: ScenarioSpec, one: Case, choices: readonly string[]): string {
  const parts = choices.flatMap((name) => {
    const value = Object.hasOwn(one.params, name) ? one.params[name] : undefined;
    return value === undefined ? [] : [`${name} ${formatKey(factorKey(spec, name, value))}`];
  });
  return [one.transport, ...parts].join(", ");
}

function pick(params: Params, isWanted: (name: string) => boolean): Params {
  return Object.fromEntries(Object.entries(params).filter(([name]) => isWanted(name)));
}

/** Numbers ascending, all else as it comes: the sort is stable. */
function compareParams(a: Params, b: Params): number {
  for (const [name, x] of Object.entries(a)) {
    const y = Object.hasOwn(b, name) ? b[name] : undefined;
    if (typeof x === "number" && typeof y === "number" && x !== y) return x - y;
  }
  return 0;
}

/** Cuts a list into parts that fit a chart, of about the same size. The parts; none is empty. */
export function splitEvenly<T>(items: readonly T[], most: number): readonly (readonly T[])[] {
  const parts = Math.ceil(items.length / most);
  const size = Math.ceil(items.length / Math.max(1, parts));
  return Array.from({ length: parts }, (_, index) => items.slice(index * size, (index + 1) * size))
    .filter((part) => part.length > 0);
}

/** The suite's own transports look the same in the charts of all records, whatever else was measured. */
const OWN_LOOKS: ReadonlyMap<string, number> = new Map([
  ["tcp", 0],
  ["tcp6", 1],
  ["unix", 2],
  ["udp", 3],
  ["udp6", 4],
  ["unixpacket", 5],
]);

/** Gives every transport of a record its colour, mark and dash: `tcp` looks the same in all charts. */
export type LookOf = (series: readonly Pick<Series, "transport">[]) => readonly number[];

/** Looks by transport: the suite's own have theirs, others follow in order of appearance; none twice in one chart. */
export function assignLooks(record: RunRecord): LookOf {
  const others = [...new Set(record.cases.map(({ transport }) => transport))]
    .filter((transport) => !OWN_LOOKS.has(transport));
  const own = new Map([
    ...OWN_LOOKS,
    ...others.map((transport, index) =>
      [transport, (OWN_LOOKS.size + index) % MAX_SERIES] as const
    ),
  ]);
  return (series) => {
    const taken = new Set<number>();
    // Each transport's first series has its own look; the others take what is left.
    const looks = series.map(({ transport }) => {
      const look = own.get(transport) ?? 0;
      if (taken.has(look)) return undefined;
      taken.add(look);
      return look;
    });
    return looks.map((look) => {
      if (look !== undefined) return look;
      let free = 0;
      while (taken.has(free)) free++;
      taken.add(free);
      return free % MAX_SERIES;
    });
  };
}
