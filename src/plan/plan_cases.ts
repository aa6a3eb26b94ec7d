// From settings to a plan: which cases are measured, which are skipped and why, and how long that takes.

import { type Cell, cells, selectedScenarios } from "./grid_cells.ts";
import { assemblePlan } from "./assemble_plan.ts";
import type { Catalog } from "../catalog.ts";
import type { Scenario } from "../model/scenario.ts";
import { type Availability, KERNEL_ROOM } from "../transport/transport.ts";
import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import { type Case, caseId, type Skip } from "../model/case.ts";
import type { Pinning, Placement } from "../model/placement.ts";
import { matchesGlob } from "./glob.ts";
import { choosePlacement, coreFault } from "./placement.ts";
import type { Plan } from "./plan.ts";
import { PROFILES } from "./profile.ts";
import { isUnresolved, segmentSize } from "./segment_size.ts";
import { type Settings, SettingsError } from "./settings.ts";
import type { Replay } from "../model/replay.ts";
import { paramsFault, peerFault, replayFault, workersFault, workloadFault } from "./unfit.ts";

/** Opening, settling and closing around one trial, in nanoseconds: 8 to 13 ms in a standard run on two cores. */
export const TRIAL_OVERHEAD_NS = 11e6;
/** What taking turns adds, in nanoseconds: a turn of its own for the kernel's counters, and what leads into each slice. */
const TURNS_NS = 9e6;
/** What a trial of datagrams takes beyond that, in nanoseconds: until the silence after the last one was long enough. */
const DRAIN_NS = 4e6;
/** What a blocking driver adds to it, in nanoseconds: each mark, and the end, wait for a peer that sleeps in a slice of up to 8 ms. */
export const BLOCKING_OVERHEAD_NS = 20e6;

/** Requests that a trial of a replay is to make, and how long it may take for them. */
const REPLAY_REQUESTS = 1_200;
const MAX_REPLAY_NS = 3e9;

/** Plans a run. Throws SettingsError when a core is asked for that this process may not use. */
export function planCases(
  settings: Settings,
  catalog: Catalog,
  availability: ReadonlyMap<string, Availability>,
  pinning?: Pinning,
): Plan {
  const fault = coreFault(settings.cores, pinning);
  if (fault !== undefined) throw new SettingsError(fault);
  const cases = new Map<string, Case>();
  const skipped = new Map<string, Skip>();
  const skip = (what: string, reason: string) => skipped.set(what, { what, reason });

  for (const scenario of selectedScenarios(settings, catalog)) {
    for (const { transport, params, pin, needs } of cells(scenario, settings, catalog)) {
      // What was not asked for is not skipped either.
      if (!mayBeAskedFor(settings, scenario, { transport, params, pin })) continue;
      const found = availability.get(transport) ??
        { available: false, reason: "it was not probed" };
      if (!found.available) {
        skip(`transport ${transport}`, found.reason);
        continue;
      }
      const made = catalog.transports.get(transport);
      const alone = peerFault(made, settings.peer);
      if (alone !== undefined) {
        skip(`transport ${transport}`, alone);
        continue;
      }
      const resolved = resolveSizes(params, found);
      const id = caseId(scenario.id, transport, resolved ?? params, pin);
      if (!isAskedFor(settings, id)) continue;
      const workload = catalog.workloads.get(scenario.workload)!;
      const { oneWay, spins } = workload;
      const alien = workloadFault(made, scenario.workload, {
        peer: settings.peer,
        pin,
        connections: params.connections,
        ...(oneWay && { oneWay }),
        ...(spins && { spins }),
        ...(pinning?.available && { cores: pinning.cores.length }),
      });
      if (alien !== undefined) {
        skip(
          pin === "none"
            ? `${scenario.id}/${transport}`
            : `${scenario.id}/${transport}, pin=${pin}`,
          alien,
        );
        continue;
      }
      if (resolved === undefined) {
        skip(id, `${transport} is a stream: it has no largest message`);
        continue;
      }
      const oversize = sizeFault(resolved, settings.replay, transport, found.largestMessageBytes);
      if (oversize !== undefined) {
        skip(id, oversize);
        continue;
      }
      const room = needs === "ffi" ? availability.get(KERNEL_ROOM) : undefined;
      if (room !== undefined && !room.available) {
        skip(`cases of ${scenario.id} that need FFI`, room.reason);
        continue;
      }
      const unfit = paramsFault(made, { ...scenario.fixed, ...resolved }) ??
        replayFault(made, scenario, settings.replay) ??
        workersFault(made, resolved, settings.peer, pin);
      if (unfit !== undefined) {
        skip(id, unfit);
        continue;
      }
      const choice = choosePlacement(settings.peer, pin, settings.cores, pinning);
      if (!("placement" in choice)) {
        if (pinning !== undefined || settings.pins.length > 0) skip(choice.what, choice.reason);
        continue;
      }
      if (cases.has(id)) continue;
      const planned = makeCase(id, scenario, transport, resolved, settings, choice.placement);
      const waits = (made?.blocking ? BLOCKING_OVERHEAD_NS : workload.pausable ? TURNS_NS : 0) +
        (made?.mode === "datagram" ? DRAIN_NS : 0);
      cases.set(id, { ...planned, expectedNs: planned.expectedNs + waits });
    }
  }
  return assemblePlan(settings, catalog, [...cases.values()], [...skipped.values()]);
}

/** The transports that a run of these settings may need. */
export function neededTransports(settings: Settings, catalog: Catalog): ReadonlySet<string> {
  const needed = new Set<string>();
  for (const scenario of selectedScenarios(settings, catalog)) {
    for (const cell of cells(scenario, settings, catalog)) {
      if (mayBeAskedFor(settings, scenario, cell)) needed.add(cell.transport);
    }
  }
  return needed;
}

/** A largest message, or a segment, has no size yet, nor the case an id: it may be meant. */
function mayBeAskedFor(
  settings: Settings,
  { id }: Scenario,
  { transport, params, pin }: Pick<Cell, "transport" | "params" | "pin">,
): boolean {
  return Object.values(params).some(isUnresolved) ||
    isAskedFor(settings, caseId(id, transport, params, pin));
}

function isAskedFor({ cases }: Settings, id: string): boolean {
  return cases.length === 0 || cases.some((glob) => matchesGlob(glob, id));
}

/** Why what is sent goes into no message of the transport; undefined where it does. */
function sizeFault(
  { bytes, request = bytes, reply = bytes }: Params,
  replay: Replay | undefined,
  transport: string,
  limit = Infinity,
): string | undefined {
  const own = Math.max(Number(request ?? 0), Number(reply ?? 0));
  const { request: one, reply: other } = replay?.largest ?? {};
  const { bytes: largest, line } = one === undefined || other === undefined
    ? { bytes: own, line: undefined }
    : one.bytes > other.bytes
    ? one
    : other;
  if (largest <= limit) return undefined;
  const what =
    `${largest} bytes are more than one ${transport} message carries: the limit is ${limit}`;
  return line === undefined ? what : `line ${line} of ${replay!.name} asks for it: ${what}`;
}

/** Sizes in bytes for those that only a transport knows; `undefined` where it has no largest message. */
function resolveSizes(
  params: Params,
  { largestMessageBytes: largest, segmentBytes }: Extract<Availability, { available: true }>,
): Params | undefined {
  const values = Object.values(params);
  if (values.includes("largest") && largest === undefined) return undefined;
  if (!values.some(isUnresolved)) return params;
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      value === "largest" ? largest! : segmentSize(value, segmentBytes) ?? value,
    ]),
  );
}

function makeCase(
  id: string,
  scenario: Scenario,
  transport: string,
  params: Params,
  settings: Settings,
  placement: Placement,
): Case {
  const { replay } = settings;
  const { budget, timedNs } = budgetOf(scenario, params, PROFILES[settings.profile].budget, replay);
  return {
    id,
    scenario: scenario.id,
    transport,
    params,
    fixed: {
      ...scenario.fixed,
      ...(replay !== undefined && {
        replayHash: replay.hash,
        largestRequest: replay.largest.request.bytes,
        largestReply: replay.largest.reply.bytes,
      }),
    },
    workload: scenario.workload,
    budget,
    expectedNs: timedNs + TRIAL_OVERHEAD_NS,
    placement,
  };
}

/** A user's scenario computes its own, and may be mistaken. */
function budgetOf(
  scenario: Scenario,
  params: Params,
  profileBudget: Budget,
  replay: Replay | undefined,
): { budget: Budget; timedNs: number } {
  try {
    // As many requests as a p99 needs, where their gaps allow that.
    const wantedNs = replay === undefined ? 0 : REPLAY_REQUESTS / replay.ratePerSecond * 1e9;
    const measureNs = Math.max(profileBudget.measureNs, Math.min(wantedNs, MAX_REPLAY_NS));
    const profiled = { ...profileBudget, measureNs };
    const budget = (replay === undefined && scenario.budget?.(params, profiled)) || profiled;
    if (![budget.warmupNs, budget.measureNs].every((ns) => Number.isFinite(ns) && ns >= 0)) {
      throw new Error("its budget must have warmupNs and measureNs, numbers of at least 0");
    }
    const timedNs = scenario.expectedNs?.(params, budget) ??
      budget.warmupNs + budget.measureNs;
    if (Number.isFinite(timedNs) && timedNs >= 0) return { budget, timedNs };
    throw new Error(`its expectedNs must give a number of at least 0: it gives ${timedNs}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`scenario "${scenario.id}" cannot be planned: ${why}`);
  }
}
