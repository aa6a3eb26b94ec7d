// What commands that measure share: modules and catalog, a peer, and a plan that measures something, or why it would not.

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Catalog, createCatalog } from "../catalog.ts";
import { isWhole } from "../peer/child_permissions.ts";
import { loadCatalog } from "../peer/load_catalog.ts";
import { type NearestPeer, nearestPeer, peerObstacle } from "../peer/nearest_peer.ts";
import { PEER_KINDS, type PeerKind, type Pinning } from "../model/placement.ts";
import type { Settings, SettingsInput } from "../plan/settings.ts";
import { type ParsedArguments, valueOf } from "./parse.ts";
import { readText } from "./read_record.ts";
import { parseReplay } from "../plan/parse_replay.ts";
import { missingPackage, NothingToMeasureError, UsageError } from "./failure.ts";
import { matchesGlob } from "../plan/glob.ts";
import { suggest } from "../text/suggest.ts";
import { planCases } from "../plan/plan_cases.ts";
import type { Plan, PlannedCases } from "../plan/plan.ts";
import type { Session } from "../run/session.ts";
import { type Availability, KERNEL_ROOM } from "../transport/transport.ts";

export { createCatalog } from "../catalog.ts";
export { planCases } from "../plan/plan_cases.ts";
export { createSettings } from "../plan/settings.ts";
export { readEnvironment } from "../run/environment.ts";
export { Session } from "../run/session.ts";
export { unlessAborted } from "../run/unless_aborted.ts";
export { clearEarlierJob } from "./job_files.ts";
export { prepareOutputDirectory, writeOutput } from "./output.ts";
export { createProgress } from "./terminal/progress.ts";

/** Absolute URLs of users' modules; throws UsageError when one is no file. */
export function moduleUrls(paths: readonly string[]): string[] {
  return paths.map((path) => {
    const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(path) && !/^[a-z]:[\\/]/i.test(path);
    if (isUrl && !path.startsWith("file:")) {
      throw new UsageError(`--module takes a file of this machine: "${path}" is not`);
    }
    const url = isUrl ? new URL(path) : pathToFileURL(resolve(path));
    let isFile = false;
    try {
      isFile = Deno.statSync(url).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        throw new UsageError(`--module ${path} cannot be read: permission missing (--allow-read)`);
      }
    }
    if (!isFile) throw new UsageError(`--module ${path} is no file`);
    return url.href;
  });
}

/** What `--replay` names. Throws UsageError when it cannot be read, SettingsError when a line is none. */
export async function replayOf(args: ParsedArguments): Promise<Pick<SettingsInput, "replay">> {
  const path = valueOf(args, "replay");
  if (path === undefined) return {};
  return { replay: await parseReplay(await readText(path, { utf8Only: true }), path) };
}

/** The catalog with users' modules; throws UsageError when one cannot be loaded or clashes. */
export async function openCatalog(modules: readonly string[]): Promise<Catalog> {
  if (modules.length === 0) return createCatalog();
  try {
    return await loadCatalog(modules);
  } catch (error) {
    const { message, cause } = error as Error;
    const missing = missingPackage(cause);
    if (missing !== undefined) {
      throw new NothingToMeasureError(`${/^Cannot load module \S+/.exec(message)} ${missing}`);
    }
    throw new UsageError(message + formatNames(message));
  }
}

/** What a process that could not be started anew, with the names of the module's project, lacks for that. */
function formatNames(message: string): string {
  return /not in import map/.test(message) && !isWhole({ name: "run" })
    ? "; a module has the names of its own project with --allow-run"
    : "";
}

/** The peer asked for, or the most independent one that the permissions allow; throws UsageError where they do not allow it. */
export function choosePeer(
  asked: string | undefined,
  modules: readonly string[] = [],
): NearestPeer {
  if (asked !== undefined) {
    const kind = PEER_KINDS.find((kind) => kind === asked);
    const reason = kind === undefined ? undefined : peerObstacle(kind, modules);
    if (reason !== undefined) throw new UsageError(`--peer ${asked} cannot be used: ${reason}`);
    // An unknown name is for createSettings to refuse.
    return { peer: asked as PeerKind };
  }
  return nearestPeer(modules);
}

/** Plans what was asked for. Throws SettingsError, UsageError for a glob without a match, NothingToMeasureError. */
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
    throw unmatchedGlob(unmatched, [all], settings.profile, [...catalog.transports.keys()]);
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

/** The first glob that matches nothing, so that a misspelt one among several is noticed. */
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

/** The error of a glob that matches nothing, given what it could have matched: cases of the profile, and transports that are measured when they are named. */
export function unmatchedGlob(
  glob: string,
  all: readonly PlannedCases[],
  profile: string,
  transports: readonly string[],
): UsageError {
  const ids = [...new Set(all.flatMap((plan) => plan.cases.map((c) => c.id)))];
  const scenarios = [...new Set(ids.map((id) => id.split("/")[0]!))];
  const drivers = [...new Set(transports.flatMap((id) => id.split("@").slice(1)))];
  const [scenario = glob, transport] = glob.split("/");
  const driver = /[*].*@([^/]*)/.exec(transport ?? scenario)?.[1];
  // A misspelt part is far from every whole id.
  const parts = [
    [driver, drivers],
    [scenario, scenarios],
    [driver === undefined ? transport : undefined, transports],
  ] as const;
  const odd = parts.find(([part, known]) =>
    part !== undefined && !known.some((name) => matchesGlob(part, name))
  );
  const meant = odd && suggest(odd[0]!, odd[1]);
  const whole = meant && glob.replace(odd[0]!, meant);
  const [given, candidates] = odd === undefined
    ? [glob, ids]
    : ids.includes(whole!)
    ? [glob, [whole!]]
    : odd;
  return new UsageError(`--case ${glob} matches no case of profile ${profile}`, {
    given: given!,
    candidates,
  });
}

/** Throws UsageError where scenarios and transports do not meet, NothingToMeasureError where this machine can measure nothing. */
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
