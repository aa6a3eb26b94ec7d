// From settings to a plan that measures something, or the reason why it would not.

import type { Catalog } from "../catalog.ts";
import { matchesGlob } from "../plan/glob.ts";
import { planCases } from "../plan/plan_cases.ts";
import type { Pinning } from "../model/placement.ts";
import type { Plan, PlannedCases } from "../plan/plan.ts";
import type { Settings, SettingsInput } from "../plan/settings.ts";
import type { Session } from "../run/session.ts";
import { type Availability, KERNEL_ROOM } from "../transport/transport.ts";
import { NothingToMeasureError, UsageError } from "./usage_error.ts";

/**
 * Plans what was asked for.
 *
 * @throws {SettingsError} when it names something that does not exist, or a core that this process may not use.
 * @throws {UsageError} when a glob matches nothing, or scenarios and transports do not meet.
 * @throws {NothingToMeasureError} when this machine can measure nothing of it.
 */
export async function planSelection(
  input: SettingsInput,
  session: Pick<Session, "catalog" | "pinning" | "plan" | "probe">,
): Promise<Plan> {
  const plan = await session.plan(input);
  const { settings } = plan;
  const { catalog, pinning } = session;
  // A glob is right where it would match if only its transport and its placement could be had here.
  const everywhere = allAvailable(catalog, await session.probe(new Set()));
  const possible = planCases(settings, catalog, everywhere, anyCores(settings));
  const unmatched = findUnmatchedGlob(settings.cases, [plan, possible]);
  if (unmatched !== undefined) {
    const all = planCases({ ...settings, cases: [] }, catalog, everywhere, pinning);
    throw unmatchedGlob(unmatched, [all], settings.profile);
  }
  refuseEmptyPlan({ ...plan, skipped: skippedOf(plan, possible) });
  return plan;
}

/** What was not probed is what nothing was asked of. */
function allAvailable(
  { transports }: Catalog,
  availability: ReadonlyMap<string, Availability>,
): ReadonlyMap<string, Availability> {
  return new Map(
    [...transports.keys(), KERNEL_ROOM].map((id) => {
      const found = availability.get(id);
      return [id, found?.available ? found : { available: true }];
    }),
  );
}

function anyCores({ cores }: Settings): Pinning {
  return { available: true, cores: cores.length > 0 ? cores : [0, 1] };
}

/** Of what is skipped, what keeps the cases asked for from being measured: not every transport of their scenarios. */
function skippedOf(plan: Plan, possible: Plan): Plan["skipped"] {
  const wanted = new Set(possible.cases.map((c) => `transport ${c.transport}`));
  const skipped = plan.skipped.filter(({ what }) => wanted.has(what));
  return skipped.length > 0 ? skipped : plan.skipped;
}

/**
 * The first glob that matches nothing: each must match something, so that a misspelt one among several is noticed.
 */
export function findUnmatchedGlob(
  globs: readonly string[],
  plans: readonly PlannedCases[],
): string | undefined {
  const known = plans.flatMap((plan) => [
    ...plan.cases.map((c) => c.id),
    ...plan.skipped.map((skip) => skip.what),
  ]);
  return globs.find((glob) => !known.some((id) => matchesGlob(glob, id)));
}

/** The error of a glob that matches nothing, given what it could have matched. */
export function unmatchedGlob(
  glob: string,
  all: readonly PlannedCases[],
  profile: string,
): UsageError {
  return new UsageError(`--case ${glob} matches no case of profile ${profile}`, {
    given: glob,
    candidates: [...new Set(all.flatMap((plan) => plan.cases.map((c) => c.id)))],
  });
}

/**
 * Refuses a plan without cases.
 *
 * @throws {UsageError} when scenarios and transports do not meet.
 * @throws {NothingToMeasureError} when this machine can measure nothing of the plan.
 */
export function refuseEmptyPlan(plan: Pick<Plan, "cases" | "skipped">): void {
  if (plan.cases.length > 0) return;
  const [first, ...more] = plan.skipped;
  if (first === undefined) {
    throw new UsageError("none of the selected scenarios runs over the selected transports");
  }
  const rest = more.length === 0 ? "" : ` (and ${more.length} more skipped)`;
  throw new NothingToMeasureError(
    `nothing to measure: ${first.what} is skipped: ${first.reason}${rest}`,
  );
}
