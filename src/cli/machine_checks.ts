// What the doctor looks at: noise, clock, limits, load and permissions, and what is to be said of each.

import { adviseOnHealth, describeHealth, type Health, healthOf } from "../compare/health.ts";
import type { PeerKind } from "../model/placement.ts";
import { metricValue } from "../model/metric_value.ts";
import { coresOf, type Environment, type EnvironmentFact } from "../model/environment.ts";
import { formatAmount } from "../units/format_quantity.ts";
import type { Session } from "../run/session.ts";
import { robustSpread } from "../stats/robust_spread.ts";
import { type Bimodality, findBimodality } from "../stats/bimodality.ts";
import type { Clock } from "../clock.ts";
import type { Limits } from "../kernel/limits.ts";
import { plural } from "../text/plural.ts";

export { systemClock } from "../clock.ts";
export { findLimits } from "../run/limits.ts";
export { readSocketpair } from "../run/socketpair_reading.ts";

/** Trials of the noise test: enough to meet both speeds of a machine that has two, within a second. */
const TRIALS = 20;
/** Up to this relative spread between trials the verdict is `good`: small effects show with the trials of a standard run. */
const GOOD_SPREAD = 0.02;
/** Up to this it is `fair`: effects of some percent need a thorough run. Beyond, and where no trial succeeded, it is `poor`. */
const FAIR_SPREAD = 0.08;

/** A NoiseVerdict says how steady an idle round trip over TCP is. Medians of the successful trials' p50; `spread`: scaled median absolute deviation over the median; `health`: absent where it could not be read. */
export interface NoiseVerdict {
  readonly peer: PeerKind;
  readonly trials: number;
  readonly p50Ns?: number;
  readonly spread?: number;
  readonly bimodality?: Bimodality;
  readonly health?: Health;
  readonly cores?: number;
  readonly verdict: "good" | "fair" | "poor";
  readonly error?: string;
}

export type NoiseOptions = Readonly<{ environment: Environment; signal: AbortSignal }>;

/** Measures 64-byte round trips over TCP in short trials, nothing else going on. */
export async function measureNoise(
  peer: PeerKind,
  session: Session,
  { environment, signal }: NoiseOptions,
): Promise<NoiseVerdict> {
  const plan = await session.plan({
    profile: "quick",
    scenarios: ["round-trip"],
    transports: ["tcp"],
    params: { bytes: [64] },
    rounds: TRIALS,
    peer,
  });
  if (plan.cases.length === 0) {
    const error = plan.skipped[0]?.reason ?? "there is no TCP round trip here";
    return { peer, trials: 0, verdict: "poor", error };
  }
  try {
    const options = { environment, command: "sockbench doctor", signal };
    const { trials } = await session.measure(plan, options);
    const p50s = trials.map((trial) => metricValue(trial, "p50"))
      .filter((value) => value !== undefined);
    const error = trials.find((trial) => trial.error !== undefined)?.error?.message;
    const cores = coresOf(environment);
    return {
      ...judgeHealth(judgeNoise(peer, p50s), healthOf(trials, cores), cores),
      ...(error !== undefined && { error }),
    };
  } catch (error) {
    return { peer, trials: 0, verdict: "poor", error: (error as Error).message };
  }
}

/** The verdict, with what is known of the CPU: figures that are steady while the processes starve are steadily wrong. */
export function judgeHealth(
  noise: NoiseVerdict,
  health: Health | undefined,
  cores: number,
): NoiseVerdict {
  if (health === undefined) {
    return { ...noise, cores, verdict: noise.verdict === "good" ? "fair" : noise.verdict };
  }
  const isStarved = adviseOnHealth(health) !== undefined;
  return { ...noise, health, cores, verdict: isStarved ? "poor" : noise.verdict };
}

/** The verdict on the trials' p50 values, in nanoseconds. */
export function judgeNoise(peer: PeerKind, p50s: readonly number[]): NoiseVerdict {
  if (p50s.length === 0) return { peer, trials: 0, verdict: "poor" };
  const { median, relative = 0 } = robustSpread(p50s);
  const speeds = findBimodality(p50s);
  const verdict = speeds !== undefined
    ? "fair"
    : relative <= GOOD_SPREAD
    ? "good"
    : relative <= FAIR_SPREAD
    ? "fair"
    : "poor";
  return {
    peer,
    trials: p50s.length,
    p50Ns: median,
    spread: relative,
    ...(speeds !== undefined && { bimodality: speeds }),
    verdict,
  };
}

export function describeNoise(noise: NoiseVerdict): string {
  const { p50Ns, spread, bimodality: speeds, verdict, error } = noise;
  if (p50Ns === undefined || spread === undefined) {
    return `no idle round trip could be measured: ${error ?? "no trial succeeded"}`;
  }
  const failed = `${formatHealth(noise)}${
    error === undefined ? "" : ` (some trials failed: ${error})`
  }`;
  if (speeds !== undefined) {
    const [fast, slow] = [speeds.fast, speeds.slow].map(({ median, share }) =>
      `${formatAmount(median, "ns")} in ${Math.round(share * 100)} % of the trials`
    );
    return `p50 of an idle round trip is bimodal, ${fast} and ${slow}: ${verdict}, ` +
      `as interleaved rounds keep comparisons fair${failed}`;
  }
  return `p50 of an idle round trip (${formatAmount(p50Ns, "ns")}) varies ` +
    `${(spread * 100).toFixed(1)} % between rounds: ${verdict}${failed}`;
}

/** What follows the verdict: nothing where the processes had the CPU. */
function formatHealth({ health, cores }: NoiseVerdict): string {
  if (cores === undefined) return "";
  if (health === undefined) return "; whether the processes got the CPU is not known";
  const advice = adviseOnHealth(health);
  return advice === undefined ? "" : `; ${describeHealth(health, cores)}; ${advice}`;
}

/** Resolution and cost of a clock. `stepNs`: smallest step between two readings, 0 for none; `costNs`: of one reading. */
export type ClockFacts = Readonly<{ stepNs: number; costNs: number }>;

/** Readings before those that count: the compiler replaces the loop while it runs. */
const WARMUP_READINGS = 20_000;
/** Readings that count: about 10 ms at 100 ns each. */
const READINGS = 100_000;

export function measureClock(clock: Pick<Clock, "nowNs">): ClockFacts {
  readMany(clock, WARMUP_READINGS);
  return readMany(clock, READINGS);
}

function readMany(clock: Pick<Clock, "nowNs">, readings: number): ClockFacts {
  const startedNs = clock.nowNs();
  let stepNs = Infinity;
  let lastNs = startedNs;
  for (let i = 0; i < readings; i++) {
    const nowNs = clock.nowNs();
    const differenceNs = nowNs - lastNs;
    if (differenceNs > 0 && differenceNs < stepNs) stepNs = differenceNs;
    lastNs = nowNs;
  }
  return { stepNs: Number.isFinite(stepNs) ? stepNs : 0, costNs: (lastNs - startedNs) / readings };
}

/** What the scenario with the most sockets holds open at each end, fan-in with 1,000 clients, and Deno's own. */
const MAX_FILES = 1_100;
/** A port stays with a closed connection for a minute: what the scenarios that connect use up in that time. */
const MAX_PORTS = 10_000;

/** Rows for the doctor: what, and what is to be said of it. */
export function describeLimits({ openFiles, ports }: Limits): [string, string][] {
  return [
    ["open files", openFiles === undefined ? "not known: see ulimit -n" : formatFiles(openFiles)],
    ["local ports", ports === undefined ? "not known" : formatPorts(ports)],
  ];
}

function formatFiles(count: number): string {
  const limit = `${count} per process (ulimit -n)`;
  return count >= MAX_FILES
    ? limit
    : `${limit}: too few for fan-in with 1,000 clients; as root, before it starts: ulimit -n 4096`;
}

function formatPorts([first, last]: readonly [number, number]): string {
  const count = last - first + 1;
  const limit = `${count} (net.ipv4.ip_local_port_range, ${first} to ${last})`;
  return count >= MAX_PORTS
    ? limit
    : `${limit}: few for scenarios that connect, as each keeps its port for a minute; as root: sysctl -w net.ipv4.ip_local_port_range="1024 65535"`;
}

/** Load per core from which on something else is running. */
const SOME = 0.25;
/** Load per core from which on every core has something to do without us. */
const FULL = 1;
/** Both ends of a trial want a core each. */
const ENDS = 2;

/** Advice that follows a fact's value, as in ` on 2 cores: every core is busy already`; empty for none. */
export function adviseOnFact({ id, value }: EnvironmentFact, environment: Environment): string {
  if (typeof value !== "number") return "";
  switch (id) {
    case "load":
      return adviseOnLoad(value, coresOf(environment));
    case "cpu.quota":
      return value < ENDS
        ? ": both ends together get no more, and stand still when it is used up; measure without it, or with at least 2"
        : ": beyond it both ends stand still";
    default:
      return "";
  }
}

function adviseOnLoad(load: number, cores: number): string {
  const on = ` on ${plural(cores, "core")}`;
  if (load >= FULL * cores) {
    return `${on}: every core is busy already; stop what else runs, or measure when it is done`;
  }
  return load >= SOME * cores
    ? `${on}: something else is running; small differences need more rounds`
    : `${on}: idle`;
}

/** A PermissionFact is one permission and its price. `partly`: limited to a list; `cost`: what does not work without it. */
export type PermissionFact = Readonly<
  { flag: string; state: "granted" | "partly" | "missing"; cost: string }
>;

const COSTS: readonly (readonly [Deno.PermissionName, string])[] = [
  ["net", "TCP and UDP need 127.0.0.1 and [::1]; Unix-domain sockets need it without a list"],
  [
    "read",
    "records, own modules and the worker peer's code cannot be read; no Unix-domain sockets",
  ],
  ["write", "no reports outside the list, and no directory for Unix-domain sockets"],
  ["run", "no peer in a process of its own; kernel settings and virtualization stay unknown"],
  ["sys", "kernel release, CPU model, memory and load stay unknown"],
  [
    "ffi",
    "no driver libc, no settings and counters read back from the kernel, no pinning to cores",
  ],
];

/** Looks every permission up; never prompts. */
export function readPermissions(): PermissionFact[] {
  return COSTS.map(([name, cost]) => {
    const status = Deno.permissions.querySync({ name } as Deno.PermissionDescriptor);
    const partly = (status as { partial?: boolean }).partial === true;
    const state = status.state === "granted" ? partly ? "partly" : "granted" : "missing";
    return { flag: `--allow-${name}`, state, cost };
  });
}
