// The cells of a grid: every scenario, transport, value and pinning that settings ask for.

import type { Catalog } from "../catalog.ts";
import type { GridBlock, Scenario } from "../model/scenario.ts";
import type { Params } from "../model/params.ts";
import type { Pin } from "../model/placement.ts";
import { matchesGlob } from "./glob.ts";
import { PINS } from "./placement.ts";
import { replayedParams } from "./parse_replay.ts";
import { parseParameter, type Settings } from "./settings.ts";

/** The scenarios asked for; where none is named, all but those that are measured on demand. */
export function selectedScenarios(settings: Settings, catalog: Catalog): Scenario[] {
  const all = [...catalog.scenarios.values()];
  return settings.scenarios.length === 0
    // A glob names cases of any scenario.
    ? all.filter((scenario) => !scenario.onDemand || settings.cases.length > 0)
    : all.filter((scenario) => settings.scenarios.includes(scenario.id));
}

/** A Cell is one combination of a grid. */
export interface Cell {
  readonly transport: string;
  readonly params: Params;
  readonly pin: Pin;
  readonly needs: GridBlock["needs"];
}

/** Every cell of a scenario that settings ask for. */
export function* cells(scenario: Scenario, settings: Settings, catalog: Catalog): Generator<Cell> {
  const named = transportsOfGlobs(scenario, settings, catalog);
  const blocks = [
    ...withAskedTransports(scenario, settings, catalog),
    ...(named.length > 0
      ? withAskedTransports(scenario, { ...settings, transports: named }, catalog)
      : []),
  ];
  for (const block of blocks) {
    const pins = settings.pins.length > 0 ? settings.pins : block.pins ?? ["none"];
    for (const transport of block.transports) {
      for (const asked of combinations(scenario, block, settings)) {
        const { replay } = settings;
        const params = replay === undefined ? asked : replayedParams(asked, replay);
        for (const pin of pins) yield { transport, params, pin, needs: block.needs };
      }
    }
  }
  // A case that replays is one of those above, whatever its id names.
  for (const id of settings.replay === undefined ? settings.cases : []) {
    const named = namedCell(id, scenario, settings, catalog);
    if (named !== undefined) yield named;
  }
}

/**
 * Transports that no profile lists, of globs over cases that name them, as `round-trip/*@node/*` does, and `*@node*`: a glob that fits a
 * transport of the grid means that one.
 */
function transportsOfGlobs(scenario: Scenario, settings: Settings, catalog: Catalog): string[] {
  if (settings.transports.length > 0) return [];
  const listed = scenario.grid[settings.profile].flatMap(({ transports }) => transports);
  const found = settings.cases.flatMap((glob) => {
    const [first, second] = glob.split("/");
    // Without a slash, a driver alone says where the transport stands.
    const whole = /^[^@]*@[^*]*\*?/.exec(first!)?.[0];
    const wanted = second ?? whole;
    const isMeant = (id: string) =>
      matchesGlob(wanted!, second === undefined ? `${scenario.id}/${id}` : id);
    return wanted === undefined || listed.some(isMeant)
      ? []
      : [...catalog.transports.keys()].filter(isMeant);
  });
  return [...new Set(found)];
}

/** The cell whose id stands among the cases asked for, whether or not a profile lists it; undefined for a glob, and for another scenario's. */
function namedCell(id: string, scenario: Scenario, { transports }: Settings, catalog: Catalog) {
  const [name, transport, values = "", ...more] = id.split("/");
  const mode = catalog.transports.get(transport ?? "")?.mode;
  const isMeant = name === scenario.id && more.length === 0 && mode !== undefined &&
    catalog.workloads.get(scenario.workload)!.modes.includes(mode) &&
    (transports.length === 0 || transports.includes(transport!));
  if (!isMeant || /[*?]/.test(id)) return undefined;
  const given = new Map(values.split(",").map((pair) => pair.split("=", 2) as [string, string]));
  const pin = PINS.find((one) => one === (given.get("pin") ?? "none"));
  given.delete("pin");
  const params: Record<string, number | string> = {};
  for (const spec of scenario.parameters) {
    const value = given.get(spec.name);
    if (value !== undefined) params[spec.name] = parseParameter(spec, value);
    given.delete(spec.name);
  }
  given.delete("");
  const sized = withSizes(params);
  const has = (key: string) => key in sized || (key === "bytes" && "request" in sized);
  const isWhole = Object.values(scenario.grid).flat()
    .some((block) => Object.keys(block.params).every(has));
  return pin === undefined || given.size > 0 || !isWhole
    ? undefined
    : { transport: transport!, params: sized, pin, needs: undefined };
}

/** The grid narrowed to the transports asked for; one that it does not list joins the first block of its kind. */
function withAskedTransports(scenario: Scenario, settings: Settings, catalog: Catalog) {
  const isNamed = settings.scenarios.length > 0 || settings.cases.length > 0;
  const grid = scenario.grid[settings.profile].filter(({ onDemand }) => isNamed || !onDemand);
  if (settings.transports.length === 0) return [...grid];
  const listed = new Set(grid.flatMap((block) => block.transports));
  const modes = catalog.workloads.get(scenario.workload)!.modes;
  const modeOf = (id: string) => catalog.transports.get(id)?.mode;
  const joining = settings.transports.filter((id) => {
    const mode = modeOf(id);
    return !listed.has(id) && mode !== undefined && modes.includes(mode);
  });
  const taken = new Set<string>();
  return grid.map((block) => {
    const kinds = new Set(block.transports.map(modeOf));
    const joined = joining.filter((id) => {
      const [name] = id.split("@");
      return listed.has(name!)
        ? block.transports.includes(name!)
        : (block.joins === "any" || kinds.has(modeOf(id))) && !taken.has(id);
    });
    joined.forEach((id) => taken.add(id));
    const kept = block.transports.filter((id) => settings.transports.includes(id));
    return { ...block, transports: [...kept, ...joined] };
  });
}

function combinations(scenario: Scenario, block: GridBlock, { params: asked, profile }: Settings) {
  // A few headline cells pinned beside the same cells unpinned: they do not follow the values asked for.
  const isExtra = block.pins !== undefined &&
    scenario.grid[profile].some(({ pins }) => pins === undefined);
  let rows: Record<string, number | string>[] = [{}];
  for (const { name, kind, optional } of scenario.parameters) {
    // A block without a parameter is a control that does not have it, as unix has no Nagle; an optional one joins where it is asked for.
    const values = block.params[name] ?? (optional && !isExtra ? asked[name] : undefined);
    if (values === undefined) continue;
    let wanted = asked[name] ?? values;
    if (isExtra) wanted = wanted.filter((value) => values.includes(value));
    else if (kind === "choice") {
      // A choice goes to the blocks made for it; one that no block lists, to all.
      const elsewhere = scenario.grid[profile].flatMap((other) => other.params[name] ?? []);
      wanted = wanted.filter((value) => values.includes(value) || !elsewhere.includes(value));
    }
    rows = rows.flatMap((row) => wanted.map((value) => ({ ...row, [name]: value })));
  }
  return rows.map(withSizes);
}

/** Where request and reply have sizes of their own, `bytes` says nothing; where these are equal, `bytes` says it all. */
function withSizes(row: Record<string, number | string>): Params {
  const { bytes, request = bytes, reply = bytes, ...others } = row;
  if (request === undefined || reply === undefined) return row;
  return request === reply ? { bytes: request, ...others } : { request, reply, ...others };
}
