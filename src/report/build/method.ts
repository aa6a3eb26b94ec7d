// Method and environment: how the figures came about, from the record alone.

import { describeHealth, healthOf } from "../../compare/health.ts";
import { metricsOf } from "../../compare/trial_values.ts";
import { RELATIVE_ERROR } from "../../model/bucket_layout.ts";
import type { Case } from "../../model/case.ts";
import { coresOf, type Environment } from "../../model/environment.ts";
import { formatFact } from "../../model/format_fact.ts";
import type {
  ReferenceBenchmarkReadings,
  ReferenceBenchmarkValues,
  RunRecord,
} from "../../model/run_record.ts";
import { medianInterval } from "../../stats/median_interval.ts";
import { plural } from "../../text/plural.ts";
import { formatAmount, formatCount, formatNumber } from "../../units/format_quantity.ts";
import { type MetricUnit, UNITS } from "../../units/unit.ts";
import type { NamedFact } from "../document/document.ts";
import { groupBy } from "../group_by.ts";
import type { Table } from "../document/table.ts";
import { named } from "./blocks.ts";
import { buildSocketSettings } from "./socket_settings.ts";

/** What a report holds, so that no word is explained that does not stand in it. */
export type GuideNeeds = Readonly<
  { hasModes: boolean; hasBest: boolean; hasComparisons: boolean; hasPercentiles: boolean }
>;

/** What the words of a report mean, for a reader who never saw the tool. One fact per word that stands in it. */
export function buildGuide(needs: GuideNeeds): readonly NamedFact[] {
  return named({
    "case, cell":
      "one scenario over one transport with one set of parameters, such as a round trip over tcp with 64 B",
    "trial": "one short timed measurement on fresh sockets, after a warm-up that is thrown away. " +
      "Each figure is the median of a case's trials",
    "[low, high]":
      "the 95 % interval of the median: what the trials of this run allow, by their own variation. Another run, with " +
      "another peer process and other placements, may differ by more. Two figures whose intervals overlap may well be equal",
    "round, pairs":
      "a round measures every case once, in random order. Ratios compare two trials of the same round (a pair), " +
      "so that a slow moment of the machine does not favour either side",
    "no difference found": needs.hasComparisons &&
      "the ratio's interval includes 1: this run cannot tell the two apart, which is no evidence that they are equal",
    "peer, pin":
      "where the other end ran (same event loop, own thread, own process) and whether the two ends were tied to " +
      "CPU cores. On small machines this can matter more than the transport; figures of different placement do not compare",
    "p50, p99": needs.hasPercentiles &&
      "the time that 50 % (99 %) of the operations of a trial stay within; left out where a trial has too few operations for it. " +
        "A round trip is there and back, never halved",
    "a (75 %) / b (25 %)": needs.hasModes &&
      "the trials are bimodal: they fell into two groups with nothing in between. A shared machine alternates between " +
        "two speeds, and unpinned ends run on " +
        "one core in some trials and on two in others, where waking the idle core can cost more than the socket. Both " +
        "groups are shown with their shares of the trials, since a median would describe neither",
    "bold": needs.hasBest &&
      "the best of its row, where it beat each of the others round by round, at 95 % for all of them together. In a tie nobody is bold",
  });
}

export function buildMethod(
  record: RunRecord,
  table: Table | undefined = buildSocketSettings(record),
): readonly NamedFact[] {
  const { settings, cases, trials, yardstick } = record;
  const measures = (isIt: (unit: MetricUnit) => boolean) =>
    record.scenarios.some((spec) => metricsOf(record, spec).some(({ unit }) => isIt(unit)));
  const rounds = count(settings.rounds, "round");
  const [took, estimate] = [record.durationNs, record.estimateNs].map((ns) =>
    formatAmount(ns, "ns")
  );
  return [
    ...named({
      profile: settings.profile,
      order: `${rounds}, every case once a round, shuffled from seed ${settings.seed}`,
    }),
    ...describeBudgets(cases),
    ...named({
      statistics:
        "the trial is the unit: median across trials, 95 % interval from order statistics; " +
        "ratios are medians of the log-ratios of trials paired by round",
      chance:
        "each interval stands by itself: where nothing differs, up to 1 comparison in 20 would still exclude 1. A finding is called " +
        "faster or slower only where its sign test also holds for all comparisons of the report together (Benjamini and Hochberg, 5 % of " +
        "false findings), and an answer clear only where it beat every rival (95 % together, Bonferroni). A search " +
        "chooses by every third round and measures what it chose by the rest, from 9 rounds on",
      latency: measures((unit) => unit === "ns") &&
        "round trips, never halved; percentiles come from histograms whose relative error is at most " +
          `${formatNumber(RELATIVE_ERROR * 100, 2)} %; min and max are exact`,
      throughput: measures((unit) => UNITS[unit].rateOf === "bytes") &&
        "bytes and messages are counted at the receiver",
      CPU: trials.some(({ cpu }) => cpu !== undefined) &&
        "user and system time of both ends within the measured interval",
    }),
    ...(table === undefined ? describeSettings(record) : []),
    ...named({
      "kernel counters": trials.some(({ counters }) => counters !== undefined) &&
        "read just before and just after each measured interval; those of the network stack count for the whole network namespace, so that " +
          "the traffic of other programs is in them",
      health: describeCpuWait(record),
      peer: describePeers(record),
      "reference benchmark": yardstick !== undefined && describeReferenceBenchmark(yardstick),
      duration: `${took} (estimated ${estimate}) for ${count(trials.length, "trial")} ` +
        `of ${count(cases.length, "case")}`,
    }),
  ];
}

function describeCpuWait({ trials, environment }: RunRecord): string | false {
  const cores = coresOf(environment);
  const health = healthOf(trials, cores);
  return health !== undefined && describeHealth(health, cores);
}

export function buildEnvironment(environment: Environment): readonly NamedFact[] {
  return environment.facts.map((fact) => ({ name: fact.label, value: formatFact(fact) }));
}

export function count(n: number, noun: string): string {
  return plural(n, noun, formatCount(n));
}

/** One fact per distinct budget, with the scenarios that have it. */
function describeBudgets(cases: readonly Case[]): readonly NamedFact[] {
  const groups = groupBy(cases, ({ budget }) =>
    JSON.stringify([
      budget.warmupNs,
      budget.measureNs,
      budget.minOperations ?? 1,
      budget.maxOperations ?? null,
    ]));
  return [...groups.values()].map((group) => {
    const { warmupNs, measureNs, minOperations, maxOperations } = group[0].budget;
    const scenarios = [...new Set(group.map(({ scenario }) => scenario))];
    return {
      name: groups.size === 1 ? "one trial" : `one trial (${scenarios.join(", ")})`,
      value: (warmupNs === 0
        ? "no warm-up, "
        : `${formatAmount(warmupNs, "ns")} of warm-up thrown away, then `) +
        ((minOperations ?? 1) === maxOperations
          ? `${count(maxOperations, "operation")} measured`
          : `${formatAmount(measureNs, "ns")} measured` +
            (minOperations === undefined ? "" : `, at least ${count(minOperations, "operation")}`) +
            (maxOperations === undefined ? "" : `, at most ${count(maxOperations, "operation")}`)),
    };
  });
}

/** Socket settings by name: each value as read back, and where it was found. */
function describeSettings({ trials, cases }: RunRecord): readonly NamedFact[] {
  const caseOf = new Map(cases.map((one) => [one.id, one]));
  const found = trials.flatMap(({ case: id, settings }) => {
    const one = caseOf.get(id);
    return one === undefined
      ? []
      : Object.entries(settings).map(([name, value]) => ({ name, value, one }));
  });
  return inOrder(found, ({ name }) => name).map(([name, own]) => {
    const values = inOrder(own, ({ value }) => value);
    const said = values.map(([value, there]) => {
      const places = inOrder(there, ({ one }) => one.transport).map(([transport, all]) => {
        const scenarios = [...new Set(all.map(({ one }) => one.scenario))].sort();
        return values.length === 1 ? transport : `${transport} in ${scenarios.join(" and ")}`;
      });
      return `${value}: ${places.join(", ")}`;
    });
    return { name: `socket setting ${name}`, value: said.join("; ") };
  });
}

/** Groups by a key, in the order of the keys. */
function inOrder<T>(items: readonly T[], keyOf: (item: T) => string) {
  return [...groupBy(items, keyOf)].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
}

function describePeers({ trials, settings }: RunRecord): string | false {
  const peers = [...new Set(trials.map(({ peer }) => peer))].sort();
  if (peers.length === 0) return false;
  return peers.length <= 3 ? peers.join(", ") : `${settings.peer}: ${peers.length} of them`;
}

type ReferenceBenchmarkSummary = Readonly<
  { title: string; medianNs: number; lowNs: number; highNs: number; n: number }
>;

const TITLES: Readonly<Record<keyof ReferenceBenchmarkValues, string>> = {
  socketpairNs: "round trip over a socket pair in one thread",
  copyNs: "copy of 1 MiB",
  turnNs: "iteration of the event loop",
};

const PARTS = Object.keys(TITLES) as (keyof ReferenceBenchmarkValues)[];

function summarizeReferenceBenchmark({ readings }: ReferenceBenchmarkReadings) {
  return PARTS.flatMap((part): readonly ReferenceBenchmarkSummary[] => {
    const values = readings.flatMap((reading) => reading[part] ?? []);
    if (values.length === 0) return [];
    const { estimate, low, high, n } = medianInterval(values);
    return [{ title: TITLES[part], medianNs: estimate, lowNs: low, highNs: high, n }];
  });
}

/** As in `copy of 1 MiB 17 µs [16 µs, 18 µs]`, and what is missing with its reason. */
export function describeReferenceBenchmark(yardstick: ReferenceBenchmarkReadings): string {
  const parts = summarizeReferenceBenchmark(yardstick);
  const texts = [
    ...parts.map((part) => `${part.title} ${formatInterval(part)}`),
    ...yardstick.missing.map(({ what, reason }) =>
      `without ${what.replace(/^yardstick: /, "")}, as ${reason}`
    ),
  ];
  const n = yardstick.readings.length;
  return `${texts.join(", ")} (${n === 1 ? "1 reading" : `${n} readings`})`;
}

function formatInterval({ medianNs, lowNs, highNs }: ReferenceBenchmarkSummary): string {
  const [middle, low, high] = [medianNs, lowNs, highNs].map((value) => formatAmount(value, "ns"));
  return `${middle} [${low}, ${high}]`;
}
