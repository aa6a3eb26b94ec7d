// The plan of a claims run: the cells that the claims ask for, each once.

import type { Catalog } from "../catalog.ts";
import type { Case, Skip } from "../model/case.ts";
import { assemblePlan } from "../plan/assemble_plan.ts";
import { planCases } from "../plan/plan_cases.ts";
import { choosePlacement } from "../plan/placement.ts";
import type { Pinning } from "../model/placement.ts";
import type { Plan } from "../plan/plan.ts";
import { createSettings, type SettingsInput } from "../plan/settings.ts";
import type { Availability } from "../transport/transport.ts";
import { type CaseRequest, requestKey } from "./claim_figures.ts";
import type { ClaimDeclaration } from "./claim.ts";

/** A Plan, the case ids that answer requests and why others cannot be measured here, both by {@linkcode requestKey}. */
export type ClaimsPlan = Readonly<
  { plan: Plan; ids: ReadonlyMap<string, string>; skips: ReadonlyMap<string, string> }
>;

/** What a claims run can be told. */
export type ClaimsSettings = Pick<SettingsInput, "peer" | "rounds" | "seed">;

/** Rounds of a claims run: enough for 24 comparisons to be told apart at 5 % for all of them together, one disturbed round included. */
export const CLAIM_ROUNDS = 14;

/** Plans what the claims need measured. A cell that is to be pinned is measured unpinned where this machine pins nothing: its placement then says so. */
export function planClaims(
  claims: readonly ClaimDeclaration[],
  settings: ClaimsSettings,
  catalog: Catalog,
  availability: ReadonlyMap<string, Availability>,
  pinning?: Pinning,
): ClaimsPlan {
  const common = createSettings({ rounds: CLAIM_ROUNDS, ...settings }, catalog);
  const requests = new Map(
    claims.flatMap(({ cases = [] }) => cases).map((request) => [requestKey(request), request]),
  );
  const ids = new Map<string, string>();
  const skips = new Map<string, string>();
  const cases = new Map<string, Case>();
  const parts = [...requests].map(([key, request]) => {
    const { plan, found } = planRequest(request, common, catalog, availability, pinning);
    if (found === undefined) skips.set(key, reasonOf(request, plan.skipped));
    else {
      ids.set(key, found.id);
      cases.set(found.id, found);
    }
    return plan;
  });
  const skipped = new Map(parts.flatMap((part) => part.skipped).map((skip) => [skip.what, skip]));
  return {
    plan: assemblePlan(common, catalog, [...cases.values()], [...skipped.values()]),
    ids,
    skips,
  };
}

function planRequest(
  request: CaseRequest,
  common: Plan["settings"],
  catalog: Catalog,
  availability: ReadonlyMap<string, Availability>,
  pinning: Pinning | undefined,
): { plan: Plan; found: Case | undefined } {
  const { scenario, transport, params } = request;
  const choice = choosePlacement(common.peer, request.pin ?? "none", [], pinning);
  const pin = "placement" in choice ? choice.placement.pin : "none";
  const lists = Object.entries(params).map(([name, value]) => [name, [value]] as const);
  const settings = createSettings({
    scenarios: [scenario],
    transports: [transport],
    params: Object.fromEntries(lists),
    ...(pin !== "none" && { pin }),
    rounds: common.rounds,
    seed: common.seed,
    peer: common.peer,
  }, catalog);
  const plan = planCases(settings, catalog, availability, pinning);
  // A block of the grid that lacks one of the parameters yields a case as well: that of another question.
  const found = plan.cases.find((c) =>
    c.transport === transport && c.placement.pin === pin &&
    Object.keys(params).every((name) => Object.hasOwn(c.params, name)) &&
    Object.keys(c.params).every((name) => Object.hasOwn(params, name) || name === "pin")
  );
  return { plan: { ...plan, cases: found === undefined ? [] : [found] }, found };
}

function reasonOf({ scenario, transport }: CaseRequest, skipped: readonly Skip[]): string {
  return skipped.find(({ what }) => what === `transport ${transport}` || what.startsWith(scenario))
    ?.reason ?? skipped[0]?.reason ?? `scenario ${scenario} has no such case`;
}
