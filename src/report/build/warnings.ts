// Warnings: what weakens figures, gathered so that each is said once with all the cases it concerns.

import { healthOf, UNEQUAL_WAIT } from "../../compare/health.ts";
import { CONFIDENCE, type Summary } from "../../compare/summarize.ts";
import { findMetric, type TrialValues } from "../../compare/trial_values.ts";
import { coresOf, factOf } from "../../model/environment.ts";
import { metricValue } from "../../model/metric_value.ts";
import type { RunRecord } from "../../model/run_record.ts";
import type { Trial } from "../../model/trial.ts";
import { lagOneAutocorrelation } from "../../stats/autocorrelation.ts";
import { median } from "../../stats/quantile.ts";
import { formatShare } from "../../units/format_quantity.ts";
import { fewestOperations, isMetricId, METRIC_IDS, metricOf } from "../../units/metric.ts";
import type { ListItem } from "../document/document.ts";
import { capitalize } from "../document/format_inline.ts";
import { amount, name, names, phrase, sentence, text } from "../document/inline.ts";
import { groupBy } from "../group_by.ts";
import { findShortfalls, MIN_OFFERED, warn, type Warning } from "./alarms.ts";
import { loadWarnings } from "./load.ts";
import { settingWarnings } from "./socket_settings.ts";

/** Loss from which on a throughput is worth a warning. */
const NOTABLE_LOSS = 0.01;
/** Relative spread between trials from which on a reader should doubt the machine. */
const WIDE_SPREAD = 0.25;

export function warningItem({ message, cases }: Warning): ListItem {
  if (cases.length === 0) return { text: [sentence(capitalize(message))] };
  return { text: [text(message), ...phrase`: ${names(cases)}.`], cases };
}

/** Gathers the warnings of a record. Failures first, then what the figures suffer from. */
export function buildWarnings(
  record: RunRecord,
  summaries: readonly Summary[],
  values: TrialValues,
): readonly Warning[] {
  const headlines = new Map(record.scenarios.map((spec) => [spec.id, spec.metrics[0]]));
  const scenarioOf = new Map(record.cases.map((one) => [one.id, one.scenario]));
  const headline = summaries.filter((summary) =>
    headlines.get(scenarioOf.get(summary.case) ?? "") === summary.metric
  );
  const where = (found: readonly Summary[]) => found.map((summary) => summary.case);
  const few = headline.filter((summary) => summary.confidence < CONFIDENCE);
  const speeds = headline.filter((summary) => summary.bimodality !== undefined);
  const wide = headline.filter((summary) =>
    summary.bimodality === undefined && (summary.spread ?? 0) > WIDE_SPREAD
  );
  const lossy = summaries.filter(({ metric, median }) =>
    metric === "loss" && median > NOTABLE_LOSS
  );
  return [
    ...failureWarnings(record, values),
    ...untriedWarning(record, values),
    ...warn(
      "too few trials for a 95 % interval; the range of the trials is shown instead",
      where(few),
    ),
    ...impreciseWarning(record, headline),
    ...resemblanceWarning(headline, values),
    ...warn("the trials are bimodal; both modes are shown in place of one median", where(speeds)),
    ...warn(
      `the trials spread widely (robust deviation above ${formatShare(WIDE_SPREAD)} of the median)`,
      where(wide),
    ),
    ...starvedWarning(record, values),
    ...warn(
      `the sender offered less than ${formatShare(MIN_OFFERED)} of the rate that was asked for`,
      findShortfalls(record, values).map((one) => one.case),
    ),
    ...loadWarnings(record, values),
    ...pacingWarning(record),
    ...settingWarnings(record),
    ...scarceWarnings(record, values),
    ...warn(
      `more than ${formatShare(NOTABLE_LOSS)} ` +
        "of the messages were lost; throughput counts those that arrived",
      where(lossy),
    ),
    ...undefinedMetricWarnings(record),
  ];
}

/** Cases whose processes something else kept off the CPU, each by its own trials. */
function starvedWarning(record: RunRecord, values: TrialValues): readonly Warning[] {
  const cores = coresOf(record.environment);
  const starved = record.cases.filter(({ id }) =>
    (healthOf(values.succeeded(id), cores)?.waitShare ?? 0) >= UNEQUAL_WAIT
  );
  return warn(
    `the processes were kept off the CPU for at least ${formatShare(UNEQUAL_WAIT)} ` +
      "of the measured time",
    starved.map(({ id }) => id),
  );
}

/** One warning per kind of error, with how often it happened and one of its messages. */
function failureWarnings(record: RunRecord, values: TrialValues): readonly Warning[] {
  const failures = record.cases.flatMap(({ id }) =>
    values.failed(id).flatMap(({ error }) => error === undefined ? [] : [{ ...error, id }])
  );
  return [...groupBy(failures, ({ kind }) => kind)].map(([kind, all]) => ({
    message:
      `${all.length === 1 ? "1 trial failed and is" : `${all.length} trials failed and are`} ` +
      `excluded (${kind}: ${all[0].message.replace(/\.$/, "")})`,
    cases: [...new Set(all.map(({ id }) => id))],
  }));
}

function untriedWarning(record: RunRecord, values: TrialValues): readonly Warning[] {
  const untried = record.cases.filter(({ id }) =>
    values.succeeded(id).length + values.failed(id).length === 0
  );
  return warn("planned, and never measured", untried.map(({ id }) => id));
}

/** A metric that only the module knew that made the record. */
function undefinedMetricWarnings(record: RunRecord): readonly Warning[] {
  const ids = new Set(record.scenarios.flatMap((spec) => spec.metrics));
  return [...ids].filter((id) => !isMetricId(id) && findMetric(record, id) === undefined)
    .map((id) => ({
      message: `metric ${id} is not defined in the record and is left out`,
      cases: [],
    }));
}

/** Cells that an adaptive run left wider than it aimed for. */
function impreciseWarning(record: RunRecord, headline: readonly Summary[]): readonly Warning[] {
  const { precision } = record.settings;
  if (precision === undefined) return [];
  const wide = headline.filter(({ median, low, high, confidence }) =>
    confidence < CONFIDENCE || Math.max(high - median, median - low) > precision * Math.abs(median)
  );
  return warn(
    `the run ended before the interval was within ±${formatShare(precision)} ` +
      "of the median, as asked for",
    wide.map((summary) => summary.case),
  );
}

/** Lag-1 autocorrelation from which on trials of neighbouring rounds are no independent values. */
const NOTABLE_AUTOCORRELATION = 0.2;
/** Of independent values it spreads by 1/√n: below this many standard deviations it says nothing. */
const MIN_DEVIATIONS = 1.645;

/** Cells whose intervals take more from this run's own drift than they show. */
function resemblanceWarning(headline: readonly Summary[], values: TrialValues): readonly Warning[] {
  const alike = headline.filter(({ case: id, metric, n }) =>
    lagOneAutocorrelation(values.of(id, metric).map(({ value }) => value)) >
      Math.max(NOTABLE_AUTOCORRELATION, MIN_DEVIATIONS / Math.sqrt(n))
  );
  return warn(
    "trials of neighbouring rounds resemble each other (lag-1 autocorrelation above 0.2): the intervals hold within this run, and another run may differ by more",
    alike.map((summary) => summary.case),
  );
}

/** Trials with fewer operations than a percentile below these needs are nothing to read percentiles of in the first place. */
const SCARCE_OPERATIONS = 100;

/** Cases whose trials have too few operations for a percentile that is shown of them. */
function scarceWarnings(record: RunRecord, values: TrialValues): readonly Warning[] {
  const metricsOf = new Map(record.scenarios.map((spec) => [spec.id, spec.metrics]));
  return METRIC_IDS.map((id) => [id, fewestOperations(id) ?? 0] as const)
    .filter(([, needed]) => needed >= SCARCE_OPERATIONS)
    .sort(([, a], [, b]) => b - a)
    .flatMap(([metric, needed]) => {
      const scarce = record.cases.filter((one) => {
        const trials = values.succeeded(one.id);
        if (trials.length === 0 || metricsOf.get(one.scenario)?.includes(metric) !== true) {
          return false;
        }
        return median(trials.map(({ operations }) => operations)) < needed;
      });
      return warn(
        `operations are too few for ${metricOf(metric).title}, which is left out: ` +
          `a trial has fewer than ${needed} in the median, and it would be their maximum`,
        scarce.map((one) => one.id),
      );
    });
}

/** BBR paces what it sends (Cardwell et al., "BBR: Congestion-Based Congestion Control", ACM Queue 14(5), 2016), on loopback too. */
function pacingWarning({ environment, cases }: RunRecord): readonly Warning[] {
  if (factOf(environment, "net.ipv4.tcp_congestion_control") !== "bbr") return [];
  return warn(
    "this kernel's TCP uses BBR congestion control, which paces even loopback: one-way TCP may be limited by that pacing and " +
      "differ from connection to connection; with reno it can be twice as fast",
    cases
      .filter(({ workload, transport }) => workload === "bulk" && transport.startsWith("tcp"))
      .map(({ id }) => id),
  );
}

/** A trial stalled where its longest operation took as many times the median of the trials' longest, or more. */
const STALL_FACTOR = 10;
/** Fewer trials have no usual maximum. */
const MIN_TRIALS = 6;
/** Cases that are named. */
const MAX_CASES = 3;

/** Trials that stalled, an item a case, the longest stall first, and one that counts those beyond the first. */
export function stallWarnings({ cases }: RunRecord, values: TrialValues): readonly ListItem[] {
  const stalled = cases.flatMap(({ id }) => {
    const found = values.succeeded(id).flatMap((trial) => longestNs(trial) ?? []);
    if (found.length < MIN_TRIALS) return [];
    const longest = found.map(({ ns }) => ns);
    const usual = median(longest);
    const stalls = longest.filter((ns) => usual > 0 && ns >= STALL_FACTOR * usual);
    if (stalls.length === 0) return [];
    const { isPause = false } = found[0]!;
    return [{
      id,
      usual,
      stalls: stalls.length,
      trials: longest.length,
      ns: Math.max(...stalls),
      isPause,
    }];
  }).sort((a, b) => b.ns - a.ns);
  const rest = stalled.slice(MAX_CASES);
  return [
    ...stalled.slice(0, MAX_CASES).map(({ id, usual, stalls, trials, ns, isPause }): ListItem => ({
      text: [
        ...phrase`${name(id)}: ${stalls} of ${trials} trials stalled: `,
        ...(isPause
          ? phrase`nothing arrived for ${
            amount(ns, "ns")
          }, where the longest pause of a usual trial is `
          : phrase`an operation took up to ${
            amount(ns, "ns")
          }, where the longest of a usual trial takes `),
        ...phrase`${amount(usual, "ns")}.`,
      ],
      cases: [id],
    })),
    ...(rest.length === 0 ? [] : [{
      text: phrase`Trials of further cases stalled: ${names(rest.map(({ id }) => id))}.`,
      cases: rest.map(({ id }) => id),
    }]),
  ];
}

/** The longest operation of a trial, whatever its operations are, or the longest pause of bulk data, which has none that is timed. */
function longestNs(trial: Trial): { ns: number; isPause?: true } | undefined {
  const maxima = Object.values(trial.histograms).flatMap(({ max }) => max ?? []);
  const ns = maxima.length > 0 ? Math.max(...maxima) : metricValue(trial, "max");
  if (ns !== undefined) return { ns };
  const pauseNs = metricValue(trial, "longestPause");
  return pauseNs === undefined ? undefined : { ns: pauseNs, isPause: true };
}
