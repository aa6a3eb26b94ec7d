/**
 * How much an idle round trip varies from trial to trial on this machine, now.
 *
 * @module
 */

import type { PeerKind } from "../../model/placement.ts";
import { metricValue } from "../../model/metric_value.ts";
import type { Environment } from "../../model/environment.ts";
import { formatAmount } from "../../units/format_quantity.ts";
import type { Session } from "../../run/session.ts";
import { robustSpread } from "../../stats/robust_spread.ts";
import { type TwoSpeeds, twoSpeeds } from "../../stats/two_speeds.ts";

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
  /** Present when the trials met two speeds of the machine: the spread then describes neither. */
  readonly twoSpeeds?: TwoSpeeds;
  /** `good`: spread up to 2 %; `fair`: up to 8 %, or two speeds; `poor`: beyond. */
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
    return { ...judgeNoise(peer, p50s), ...(error !== undefined && { error }) };
  } catch (error) {
    return { peer, trials: 0, verdict: "poor", error: (error as Error).message };
  }
}

/** The verdict on the trials' p50 values, in nanoseconds. */
export function judgeNoise(peer: PeerKind, p50s: readonly number[]): NoiseVerdict {
  if (p50s.length === 0) return { peer, trials: 0, verdict: "poor" };
  const { median, relative = 0 } = robustSpread(p50s);
  const speeds = twoSpeeds(p50s);
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
    ...(speeds !== undefined && { twoSpeeds: speeds }),
    verdict,
  };
}

/** The verdict in one sentence. */
export function describeNoise(noise: NoiseVerdict): string {
  const { p50Ns, spread, twoSpeeds: speeds, verdict, error } = noise;
  if (p50Ns === undefined || spread === undefined) {
    return `no idle round trip could be measured: ${error ?? "no trial succeeded"}`;
  }
  const failed = error === undefined ? "" : ` (some trials failed: ${error})`;
  if (speeds !== undefined) {
    const [fast, slow] = [speeds.fast, speeds.slow].map(({ median, share }) =>
      `${formatAmount(median, "ns")} in ${Math.round(share * 100)} % of the trials`
    );
    return `p50 of an idle round trip has two speeds, ${fast} and ${slow}: ${verdict}, ` +
      `as interleaved rounds keep comparisons fair${failed}`;
  }
  return `p50 of an idle round trip (${formatAmount(p50Ns, "ns")}) varies ` +
    `${(spread * 100).toFixed(1)} % between rounds: ${verdict}${failed}`;
}
