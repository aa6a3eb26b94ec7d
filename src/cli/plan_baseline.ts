// The plan that measures a baseline's cells again, planned anew: an edited file must not decide what is measured.

import type { Catalog } from "../catalog.ts";
import type { Case, Skip } from "../model/case.ts";
import { assemblePlan } from "../plan/assemble_plan.ts";
import { planCases } from "../plan/plan_cases.ts";
import { pinName, type Pinning } from "../model/placement.ts";
import { PINNED_CASES } from "../plan/placement.ts";
import type { Plan } from "../plan/plan.ts";
import { createSettings, type SettingsInput } from "../plan/settings.ts";
import type { RunRecord } from "../model/run_record.ts";
import type { Availability } from "../transport/transport.ts";

/** What cannot be planned any more is skipped, which makes its cells missing. */
const GONE =
  "this sockbench has no such case; if a module of yours brings it, name it with --module";

/** A record keeps the hash of what was replayed, not the file. */
const REPLAYED =
  "it replays a file, which no record holds: measure with run --replay, and name what it wrote with --candidate";

/** What works here. */
type Here = Readonly<{ availability: ReadonlyMap<string, Availability>; pinning: Pinning }>;

/** Plans the cells of a baseline; throws SettingsError when it was run in a way that cannot be. */
export function planBaseline(
  baseline: RunRecord,
  catalog: Catalog,
  { availability, pinning }: Here,
  modules: readonly string[],
): Plan {
  const { profile, rounds, peer } = baseline.settings;
  const settings = createSettings({ profile, rounds, peer, modules }, catalog);
  const parts = groupByScenario(baseline.cases).flatMap(([scenario, cases]) => {
    const known = cases.filter((c) => catalog.transports.has(c.transport));
    if (!catalog.scenarios.has(scenario) || known.length === 0) return [];
    const input: SettingsInput = {
      profile,
      rounds,
      peer,
      modules,
      seed: settings.seed,
      scenarios: [scenario],
      transports: known.map((c) => c.transport),
      params: paramsOf(known, catalog, scenario),
      pin: [...new Set(known.map((c) => c.placement.pin))],
      cores: coresOf(known, pinning),
    };
    const ids = new Set(known.map((c) => c.id));
    const plan = planCases(createSettings(input, catalog), catalog, availability, pinning);
    return [{ ...plan, cases: plan.cases.filter((c) => ids.has(c.id)) }];
  });
  const cases = parts.flatMap((part) => part.cases);
  const skipped = skipsOf(baseline.cases, cases, parts.flatMap((part) => part.skipped));
  return assemblePlan(settings, catalog, cases, skipped);
}

function groupByScenario(cases: readonly Case[]): [string, readonly Case[]][] {
  const groups = new Map<string, Case[]>();
  for (const c of cases) groups.set(c.scenario, [...groups.get(c.scenario) ?? [], c]);
  return [...groups];
}

/** Every value of every parameter that the scenario has; the grid's combinations are narrowed by id afterwards. */
function paramsOf(cases: readonly Case[], catalog: Catalog, scenario: string) {
  const names = catalog.scenarios.get(scenario)!.parameters.map(({ name }) => name);
  const values = names.map((name): [string, (number | string)[]] => [
    name,
    [...new Set(cases.flatMap((c) => Object.hasOwn(c.params, name) ? [c.params[name]!] : []))],
  ]);
  return Object.fromEntries(values.filter(([, list]) => list.length > 0));
}

/** The baseline's cores, where this process may use them; else its own first ones, and the comparison names the difference. */
function coresOf(cases: readonly Case[], pinning: Pinning): readonly number[] {
  const apart = cases.find(({ placement }) => placement.pin === "cross")?.placement.cores;
  const alike = cases.find(({ placement }) => placement.pin === "same")?.placement.cores;
  const cores = apart !== undefined
    ? [apart.drive, apart.serve]
    : alike !== undefined
    ? [alike.drive]
    : [];
  const isTwo = cores.length < 2 || cores[0] !== cores[1];
  const has = (core: number) => pinning.available && pinning.cores.includes(core);
  return isTwo && cores.every(has) ? cores : [];
}

/** Why each case of the baseline that is not planned is not: a skip of its own, so that the comparison can name the reason. */
function skipsOf(wanted: readonly Case[], planned: readonly Case[], found: readonly Skip[]) {
  const reasons = new Map(found.map(({ what, reason }) => [what, reason]));
  const ids = new Set(planned.map((c) => c.id));
  return wanted.filter((c) => !ids.has(c.id)).map((c) => ({
    what: c.id,
    reason: reasons.get(c.id) ?? reasons.get(`transport ${c.transport}`) ??
      (c.placement.pin === "none"
        ? undefined
        : reasons.get(PINNED_CASES) ?? reasons.get(pinName(c.placement.pin))) ??
      (c.params.replay === undefined ? GONE : REPLAYED),
  }));
}
