// What a report says of load: the line that answers, overloads by name, and what weakens the figures (Lancet's four checks, the generator).

import type { TrialValues } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import type { RunRecord } from "../../model/run_record.ts";
import type { Trial } from "../../model/trial.ts";
import { ANDERSON_DARLING_1_PERCENT, NORMAL_1_PERCENT } from "../../stats/process_checks.ts";
import { median } from "../../stats/quantile.ts";
import { plural } from "../../text/plural.ts";
import { formatCount } from "../../units/format_quantity.ts";
import { groupBy } from "../group_by.ts";
import { warn, type Warning } from "./alarms.ts";
import type { Evaluation } from "./evaluation.ts";
import { amount, type Inline, name, names, phrase, text } from "../document/inline.ts";

const LOAD = "load";
/** A queue hides where the closed loop's figure is this many times smaller. */
const HIDDEN = 2;
/** A generator that is late by more than this share of the latency measures itself. */
const MAX_LATE_SHARE = 0.1;
/** The distance of two distributions that matters, however many gaps prove it. */
const MAX_DISTANCE = 0.02;
/** How far the achieved rate may be from the one that was asked for. */
const MAX_RATE_ERROR = 0.01;
/** A pacer that makes a round trip longer by more delays reads. */
const MAX_READER_DELAY = 0.3;

/** One check of the four, and why it failed. `fault`: absent where it is passed. */
export type LoadCheck = Readonly<
  { check: "arrivals" | "stationarity" | "independence" | "rate"; fault?: string }
>;

/** Lancet's checks of one trial (USENIX ATC 2019, section 3): its figures of one trial alone can be relied on where all are passed. */
export function checkLoad({ values = {} }: Pick<Trial, "values">): readonly LoadCheck[] {
  const { arrivalStatistic = 0, arrivalDistance = 0, latencyTrend = 0, queueTrend = 0 } = values;
  const { latencyCorrelation = 0, askedPerSecond = 0, achievedPerSecond = 0 } = values;
  const isOff = arrivalStatistic > ANDERSON_DARLING_1_PERCENT && arrivalDistance > MAX_DISTANCE;
  const isMoving = Math.max(Math.abs(latencyTrend), Math.abs(queueTrend)) > NORMAL_1_PERCENT;
  const isTied = Math.abs(latencyCorrelation) > NORMAL_1_PERCENT;
  const isShort = achievedPerSecond < (1 - MAX_RATE_ERROR) * askedPerSecond;
  return [
    {
      check: "arrivals",
      ...(isOff && { fault: "the gaps between sends are not those asked for" }),
    },
    {
      check: "stationarity",
      ...(isMoving && { fault: "latency or the line of waiting requests moves in one direction" }),
    },
    { check: "independence", ...(isTied && { fault: "latencies follow those before them" }) },
    { check: "rate", ...(isShort && { fault: "less than 99 % of the rate was achieved" }) },
  ];
}

/** As in `5,000/s over 100 connections: p99 0.41 ms [0.38, 0.44] over unix, 0.62 [..] over tcp; closed loop says 0.09: it hides the queue.` */
export function buildLoadAnswer(
  { record, summaryOf, values }: Evaluation,
): readonly Inline[] | undefined {
  if (record.scenarios.length !== 1 || record.scenarios[0]!.id !== LOAD) return undefined;
  const groups = groupBy(
    record.cases,
    ({ params: { rate, connections } }) => `${rate} ${connections}`,
  );
  // Of several rates the highest at which there is a latency: a queue shows there first.
  const ordered = [...groups.values()].sort((a, b) =>
    Number(b[0].params.rate) - Number(a[0].params.rate)
  );
  const hasLatency = (one: Case) => summaryOf(one.id, "p50") !== undefined;
  const cases = ordered.find((group) => group.some(hasLatency)) ?? ordered[0] ?? [];
  const [first] = cases;
  if (first === undefined) return undefined;
  const measured = cases.flatMap((one) => {
    const p99 = summaryOf(one.id, "p99") ?? summaryOf(one.id, "p50");
    return p99 === undefined ? [] : [{ one, p99 }];
  }).sort((a, b) => a.p99.median - b.p99.median);
  const overloaded = cases.filter(({ id }) => isOverloaded(id, values));
  const { rate, connections, replay } = first.params;
  const asked = replay === undefined ? text(`${formatCount(Number(rate))}/s`) : name(`${replay}`);
  const parts: Inline[] = [
    asked,
    text(` over ${plural(Number(connections), "connection")}: `),
    ...measured.flatMap(({ one, p99: { metric, median: value, low, high } }, index) => {
      const figure: Inline = { ...amount(value, "ns"), low, high };
      return phrase`${index === 0 ? `${metric} ` : ", "}${figure} over ${name(one.transport)}`;
    }),
  ];
  if (overloaded.length > 0) {
    const all = names(overloaded.map(({ transport }) => transport));
    parts.push(...phrase`${measured.length > 0 ? "; " : ""}overload over ${all}`);
    const achieved = summaryOf(overloaded[0]!.id, "achievedPerSecond");
    if (achieved) parts.push(...phrase`, which achieves ${amount(achieved.median, achieved.unit)}`);
  }
  const best = measured[0];
  const closed = best && summaryOf(best.one.id, "closedP50");
  if (best !== undefined && closed !== undefined) {
    const late = measured.filter(({ one, p99 }) =>
      isGeneratorLate(one.id, values, p99.metric === "p50" ? "p50" : "p99")
    );
    parts.push(
      ...describeClosedLoop(best.p99.low, closed.median, late.map(({ one }) => one.transport)),
    );
  } else parts.push(text(measured.length + overloaded.length === 0 ? "no figure." : "."));
  return parts;
}

/** How the answer ends: what a closed loop hides; or over what the generator was late itself, whose figures these are then. */
export function describeClosedLoop(
  p99LowNs: number,
  closedNs: number,
  late: readonly string[],
): readonly Inline[] {
  const hides = p99LowNs > HIDDEN * closedNs ? ": it hides the queue." : ".";
  const names: Inline = { kind: "names", names: late };
  return late.length === 0
    ? phrase`; a closed loop says ${amount(closedNs, "ns")}${hides}`
    : phrase`; a closed loop says ${
      amount(closedNs, "ns")
    }. Over ${names} the generator itself was late: its figures, not the system's.`;
}

/** Overloads, the generator's own lateness, and checks that failed in most trials. */
export function loadWarnings({ cases }: RunRecord, values: TrialValues): readonly Warning[] {
  const own = cases.filter(({ scenario }) => scenario === LOAD);
  const warnOf = (message: string, isMeant: (one: Case) => boolean) =>
    warn(message, own.filter(isMeant).map(({ id }) => id));
  const trialsOf = ({ id }: Case) => values.succeeded(id);
  const mostly = (one: Case, holds: (trial: Trial) => boolean) => {
    const trials = trialsOf(one);
    return trials.length > 0 && trials.filter(holds).length > trials.length / 2;
  };
  const names: Record<LoadCheck["check"], string> = {
    arrivals: "arrival process",
    stationarity: "stationarity",
    independence: "independence",
    rate: "achieved rate",
  };
  const checks = (["arrivals", "stationarity", "independence", "rate"] as const).flatMap(
    (check) => {
      const faultOf = (trial: Trial) => checkLoad(trial).find((one) => one.check === check)?.fault;
      const failed = own.filter((one) =>
        !isOverloaded(one.id, values) &&
        mostly(one, (trial) => faultOf(trial) !== undefined)
      );
      const fault = failed.flatMap(trialsOf).map(faultOf).find((words) => words !== undefined);
      return failed.length === 0 || fault === undefined ? [] : [{
        message: `check of ${names[check]} failed in most trials (${fault}): ` +
          "rely on the interval across trials, not on the figures of one",
        cases: failed.map(({ id }) => id),
      }];
    },
  );
  const middle = (one: Case, pick: (trial: Trial) => number | undefined) => {
    const found = trialsOf(one).map(pick).filter((value) => value !== undefined);
    return found.length === 0 ? undefined : median(found);
  };
  return [
    ...warnOf(
      "overload: the line of waiting requests grew to the end, so that latency says how long the trial was, and none is given; the achieved rate is the capacity",
      (one) => isOverloaded(one.id, values),
    ),
    ...warnOf(
      "the generator, not the system: it sent later than it could have by more than a tenth of the latency",
      (one) => isGeneratorLate(one.id, values, "p50"),
    ),
    ...warnOf(
      "the p99 is the generator's as much as the system's: its own p99 of lateness is more than a tenth of it; driver libc, or two cores that are free, send on time",
      (one) => !isGeneratorLate(one.id, values, "p50") && isGeneratorLate(one.id, values, "p99"),
    ),
    ...warnOf(
      "the pacer delayed the reading of replies by more than 30 % of a round trip; driver libc reads without that delay",
      (one) => {
        const plain = middle(one, ({ values }) => values?.closedP50);
        const paced = middle(one, ({ values }) => values?.pacedP50);
        return plain !== undefined && paced !== undefined && paced > (1 + MAX_READER_DELAY) * plain;
      },
    ),
    ...checks,
  ];
}

const LATENESS = { p50: "latenessP50", p99: "latenessP99" } as const;

/** Whether the generator's own lateness is a part of this percentile of the latency that matters. */
function isGeneratorLate(id: string, values: TrialValues, percentile: "p50" | "p99"): boolean {
  const late = values.of(id, LATENESS[percentile]).map(({ value }) => value);
  const latency = values.of(id, percentile).map(({ value }) => value);
  return late.length > 0 && latency.length > 0 &&
    median(late) > MAX_LATE_SHARE * median(latency);
}

function isOverloaded(id: string, values: TrialValues): boolean {
  const trials = values.succeeded(id);
  return trials.length > 0 &&
    trials.filter((trial) => trial.values?.overload === 1).length > trials.length / 2;
}
