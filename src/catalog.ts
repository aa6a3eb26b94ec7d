// The Catalog: every transport, workload and scenario that a run can name, built in or from a user's module.
//
// A value that is passed on, never a global: two catalogs can live side by side (tests, and the two ends of a process peer).

import { findPartFault, type PartKind } from "./part_fault.ts";
import { METRIC_IDS, type MetricDefinition, metricOf } from "./units/metric.ts";
import type { Scenario } from "./model/scenario.ts";
import { scenarios } from "./scenario/registry.ts";
import { transports } from "./transport/registry.ts";
import { type Transport, transportId } from "./transport/transport.ts";
import { workloads } from "./workload/registry.ts";
import type { Workload } from "./workload/workload.ts";

/** What a user's module (`--module ./mine.ts`) exports as default: additions to the catalog. */
export interface SockbenchModule {
  /** Further transports. */
  readonly transports?: readonly Transport[];
  /** Further workloads. */
  readonly workloads?: readonly Workload[];
  /** Further scenarios. */
  readonly scenarios?: readonly Scenario[];
  /** Further metrics, made with `defineMetric`. */
  readonly metrics?: readonly MetricDefinition[];
}

/** Everything that can be named, by name. */
export interface Catalog {
  /** By id: `tcp`, `tcp@libc`. */
  readonly transports: ReadonlyMap<string, Transport>;
  /** By name. */
  readonly workloads: ReadonlyMap<string, Workload>;
  /** By id. */
  readonly scenarios: ReadonlyMap<string, Scenario>;
  /** By id. */
  readonly metrics: ReadonlyMap<string, MetricDefinition>;
}

/**
 * Builds a catalog of the built-in parts and those of `modules`.
 *
 * @throws {Error} when a module names something that exists already, or lacks what it refers to.
 */
export function createCatalog(modules: readonly SockbenchModule[] = []): Catalog {
  const catalog: Catalog = {
    transports: collect(
      "transport",
      transportId,
      transports,
      modules.map((m) => listOf(m, "transports", "name")),
    ),
    workloads: collect(
      "workload",
      (w) => w.name,
      workloads,
      modules.map((m) => listOf(m, "workloads", "name")),
    ),
    scenarios: collect(
      "scenario",
      (s) => s.id,
      scenarios,
      modules.map((m) => listOf(m, "scenarios", "id")),
    ),
    metrics: collect(
      "metric",
      (m) => m.id,
      METRIC_IDS.map(metricOf),
      modules.map((m) => listOf(m, "metrics", "id")),
    ),
  };
  for (const scenario of catalog.scenarios.values()) checkScenario(scenario, catalog);
  return catalog;
}

/** A scenario must refer to what exists: found out here, not after a run. */
function checkScenario(scenario: Scenario, { workloads, metrics }: Catalog): void {
  const refuse = (what: string) => {
    throw new Error(`Cannot use scenario "${scenario.id}": ${what}`);
  };
  if (!workloads.has(scenario.workload)) {
    refuse(`its workload "${scenario.workload}" is not defined`);
  }
  if (scenario.metrics.length === 0) refuse("it names no metric");
  const { tables = [], split } = scenario;
  const named = [...tables, ...(split === undefined ? [] : [split.metric])];
  for (const id of [...scenario.metrics, ...scenario.contrasts.map((c) => c.metric), ...named]) {
    if (!metrics.has(id)) refuse(`its metric "${id}" is not defined`);
  }
  const parameters = new Set(scenario.parameters.map(({ name }) => name));
  for (const name of scenario.search ?? []) {
    if (!parameters.has(name)) refuse(`it searches by "${name}", which is no parameter of it`);
  }
  if (parameters.has("pin")) refuse(`it has a parameter "pin", which is the name of the placement`);
  const factors = new Set([...parameters, "transport", "scenario"]);
  const contrasted = scenario.contrasts.map(({ factor }) => factor).filter((name) =>
    name !== "pin"
  );
  for (const name of [...scenario.columns, ...contrasted]) {
    if (!factors.has(name)) refuse(`it compares by "${name}", which is no parameter of it`);
  }
}

/** A part of a module, which no compiler may have seen: a list of things that have a name and all that is called by the suite. */
function listOf<P extends PartKind>(
  module: SockbenchModule,
  part: P,
  key: "name" | "id",
): NonNullable<SockbenchModule[P]> {
  const list: unknown = module[part] ?? [];
  if (!Array.isArray(list)) {
    throw new Error(`Cannot use a module's ${part}: they must be a list, not ${typeof list}`);
  }
  for (const [index, item] of list.entries()) {
    const name: unknown = item?.[key];
    if (typeof name !== "string" || name === "") {
      throw new Error(
        `Cannot use a module's ${part}[${index}]: it must be an object with a text "${key}"`,
      );
    }
    const fault = findPartFault(part, item);
    if (fault !== undefined) throw new Error(`Cannot use ${part.slice(0, -1)} "${name}": ${fault}`);
  }
  return list as unknown as NonNullable<SockbenchModule[P]>;
}

function collect<T>(
  kind: string,
  keyOf: (item: T) => string,
  builtIn: readonly T[],
  added: readonly (readonly T[])[],
): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const item of [...builtIn, ...added.flat()]) {
    const key = keyOf(item);
    if (map.has(key)) throw new Error(`Cannot define ${kind} "${key}": the name is taken`);
    map.set(key, item);
  }
  return map;
}
