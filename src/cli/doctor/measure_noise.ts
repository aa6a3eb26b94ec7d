// How much an idle round trip varies from trial to trial on this machine, now.

import { adviseOnHealth, describeHealth, type Health, healthOf } from "../../compare/health.ts";
import type { PeerKind } from "../../model/placement.ts";
import { metricValue } from "../../model/metric_value.ts";
import { coresOf, type Environment } from "../../model/environment.ts";
import { formatAmount } from "../../units/format_quantity.ts";
import type { Session } from "../../run/session.ts";
import { robustSpread } from "../../stats/robust_spread.ts";
import { type Bimodality, findBimodality } from "../../stats/bimodality.ts";

/** Trials of the noise test: enough to meet both speeds of a machine that has two, within a second. */
const TRIALS = 20;
/** Up to this relative spread between trials the verdict is `good`: small effects show with the trials of a standard run. */
const GOOD_SPREAD = 0.02;
/** Up to this it is `fair`: effects of some percent need a thorough run. Beyond, and where no trial succeeded, it is `poor`. */
const FAIR_SPREAD = 0.08;

/** A NoiseVerdict says how steady an idle round trip over TCP is. */
export interface NoiseVerdict {
  /** Where the other end ran. */
  readonly peer: PeerKind;
  /** Successful trials. */
  readonly trials: number;
  /** Median over the trials of their p50, in nanoseconds; absent when none succeeded. */
  readonly p50Ns?: number;
  /** Scaled median absolute deviation of the trials' p50 over their median. */
  readonly spread?: number;
  /** Present when the trials are bimodal: the spread then describes neither mode. */
  readonly bimodality?: Bimodality;
  /** What kept the processes off the CPU meanwhile; absent where it could not be read. */
  readonly health?: Health;
  /** The machine's logical cores. */
  readonly cores?: number;
  /**
   * `good`: spread up to 2 %; `fair`: up to 8 %, or bimodal, or it is not known whether the processes got the CPU; `poor`: beyond, or
   * they did not.
   */
  readonly verdict: "good" | "fair" | "poor";
  /** Why a trial failed, where one did. */
  readonly error?: string;
}

/** What the noise test may be told. */
export interface NoiseOptions {
  /** Goes with the record, which is dropped. */
  readonly environment: Environment;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

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

/** The verdict in one sentence. */
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
