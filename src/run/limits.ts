// What a trial was short of, said with what it wanted and what gives more.

import { LIMIT_FILES, type Limits, parseLimits, readLimits } from "../kernel/limits.ts";
import { formatShortage, NO_DESCRIPTOR, OWN_FILES, shortageOf } from "../kernel/shortage.ts";
import type { Catalog } from "../catalog.ts";
import type { Case, Skip } from "../model/case.ts";
import { PEERS } from "../model/placement.ts";
import type { TrialError } from "../model/trial.ts";
import { assemblePlan } from "../plan/assemble_plan.ts";
import type { Plan } from "../plan/plan.ts";
import type { Workload } from "../workload/workload.ts";
import { readSystemFiles } from "./system_files.ts";

/** Fewer connections than this fit any limit. */
const MIN_CHECKED = 64;

/** Reads the limits through libc, or whatever else may read the kernel's files. Never throws, never prompts. */
export async function findLimits(): Promise<Limits> {
  const limits = readLimits();
  if (limits.openFiles !== undefined && limits.ports !== undefined) return limits;
  // Another process that reads its own has those of this one.
  const { texts } = await readSystemFiles(Object.values(LIMIT_FILES));
  return { ...parseLimits((path) => texts.get(path)), ...limits };
}

/** Leaves out the cases whose connections would not all get a file descriptor, before the first is opened. */
export async function withinLimits(plan: Plan, catalog: Catalog): Promise<Plan> {
  const most = Math.max(0, ...plan.cases.map((c) => Number(c.params.connections ?? 0)));
  if (most < MIN_CHECKED) return plan;
  const limits = await findLimits();
  const isOneProcess = PEERS[plan.settings.peer].sharesProcess === true;
  const skipped: Skip[] = [];
  const cases = plan.cases.filter((c) => {
    const connections = Number(c.params.connections ?? 0);
    const sockets = isOneProcess ? 2 * connections : connections;
    if (connections < MIN_CHECKED || sockets + OWN_FILES <= (limits.openFiles ?? Infinity)) {
      return true;
    }
    const reason = formatShortage("files", limits, { sockets, connections });
    skipped.push({ what: c.id, reason: reason.replace(NO_DESCRIPTOR, "too few file descriptors") });
    return false;
  });
  return skipped.length === 0
    ? plan
    : assemblePlan(plan.settings, catalog, cases, [...plan.skipped, ...skipped]);
}

/** The error of a trial in words that say what ran out, where something did. */
export async function nameShortage(
  error: TrialError,
  trial: { readonly case: Case; readonly workload: Workload; readonly isOneProcess: boolean },
): Promise<TrialError> {
  const what = shortageOf(error.message, true);
  if (what === undefined) return error;
  const { workload, case: { params, fixed, budget } } = trial;
  const sockets = workload.sockets?.({ ...fixed, ...params });
  const said = formatShortage(what, await findLimits(), {
    ...(sockets !== undefined && { sockets: trial.isOneProcess ? 2 * sockets : sockets }),
    connections: Math.max(budget.maxOperations ?? 0, sockets ?? 0),
  });
  const who = /^peer \w+ \d+/.exec(error.message)?.[0];
  return { kind: KINDS[what], message: who === undefined ? said : `${who}: ${said}` };
}

const KINDS = {
  files: "no-descriptor",
  "files of the system": "no-descriptor",
  ports: "no-port",
  processes: "no-process",
} as const;
