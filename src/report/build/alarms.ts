// Alarms: what a reader must know before any figure, because it may explain all of them.

import { adviseOnHealth, describeHealth, healthOf, NOTABLE_WAIT } from "../../compare/health.ts";
import type { TrialValues } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import { coresOf } from "../../model/environment.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { median } from "../../stats/mod.ts";
import { plural } from "../../text/plural.ts";
import { formatAmount, formatShare } from "../../units/format_quantity.ts";
import { EVENT_RATE } from "../../units/unit.ts";
import { capitalize } from "../document/format_inline.ts";
import { namePlacement, placementKey } from "../document/format_key.ts";
import { groupBy } from "../group_by.ts";
import { driftOf, gatherSpreads } from "./round_spreads.ts";

/** A Warning is one thing that weakens figures, and whose. `cases`: none for the run as a whole. */
export type Warning = Readonly<{ message: string; cases: readonly string[] }>;

export function warn(message: string, cases: readonly string[]): readonly Warning[] {
  return cases.length === 0 ? [] : [{ message, cases }];
}

/** Below this share of the rate that was asked for, the row of a table says what nobody did. */
export const MIN_OFFERED = 0.98;

/** A case whose sender could not keep up. Messages per second, `offered` in the median of the trials. */
type Shortfall = Readonly<{ case: string; asked: number; offered: number }>;

/** Cases in which less was offered than {@linkcode MIN_OFFERED} of what was asked for, the largest shortfall first. */
export function findShortfalls(record: RunRecord, values: TrialValues): readonly Shortfall[] {
  return record.cases.flatMap((one): Shortfall[] => {
    const pairs = values.succeeded(one.id).flatMap((trial) => {
      const offered = trial.values?.offeredPerSecond;
      const asked = trial.values?.askedPerSecond ?? rateOf(one);
      return offered === undefined || asked === undefined ? [] : [{ asked, offered }];
    });
    if (pairs.length === 0) return [];
    const share = median(pairs.map(({ asked, offered }) => offered / asked));
    if (share >= MIN_OFFERED) return [];
    const offered = median(pairs.map((pair) => pair.offered));
    return [{ case: one.id, asked: pairs[0]!.asked, offered }];
  }).sort((a, b) => a.offered / a.asked - b.offered / b.asked);
}

/** Records of earlier versions have it among the parameters only. */
function rateOf({ params }: Case): number | undefined {
  return typeof params.rate === "number" && params.rate > 0 ? params.rate : undefined;
}

/** A machine this much slower or faster at the end of a run than at its beginning is worth a sentence. */
const NOTABLE_DRIFT = 0.1;
/** Fewer rounds than this have no first and last third to speak of. */
const MIN_ROUNDS = 6;

/** Gathers the alarms of a record. One sentence each, without full stop; none for a run without trouble. */
export function findAlarms(record: RunRecord, values: TrialValues): readonly string[] {
  return [...healthAlarm(record), ...driftAlarms(record, values), ...offeredAlarm(record, values)];
}

function healthAlarm({ trials, environment }: RunRecord): readonly string[] {
  const cores = coresOf(environment);
  const health = healthOf(trials, cores);
  if (health === undefined || health.waitShare < NOTABLE_WAIT) return [];
  const advice = adviseOnHealth(health);
  return [
    `${capitalize(describeHealth(health, cores))}. The figures are those of a starved machine` +
    (advice === undefined ? "" : `: ${advice}`),
  ];
}

function driftAlarms(record: RunRecord, values: TrialValues): readonly string[] {
  const groups = [...groupBy(record.cases, placementKey).values()];
  return groups.flatMap((cases) => {
    const spreads = gatherSpreads({ record, values }, cases);
    if (spreads.length < MIN_ROUNDS) return [];
    const drift = driftOf(spreads);
    const size = Math.max(drift, 1 / drift) - 1;
    if (size < NOTABLE_DRIFT) return [];
    const where = groups.length === 1 ? "" : ` (${namePlacement(cases[0].placement)})`;
    const change = drift > 1 ? `${formatPercent(size)} slower` : `${formatPercent(size)} faster`;
    return [
      `The machine drifted: all cases together were ${change} in the last third of the rounds than in the first${where}. ` +
      "Ratios pair neighbours and stand; medians mix both",
    ];
  });
}

function offeredAlarm(record: RunRecord, values: TrialValues): readonly string[] {
  const [worst, ...others] = findShortfalls(record, values);
  if (worst === undefined) return [];
  const [offered, asked] = [worst.offered, worst.asked].map((rate) =>
    formatAmount(rate, EVENT_RATE)
  );
  const more = others.length === 0 ? "" : `, as in ${plural(others.length, "other case")}`;
  return [
    `The sender offered less than ${formatShare(MIN_OFFERED)} of the rate that was asked for: ` +
    `${offered} of ${asked} in ${worst.case}${more}`,
  ];
}

/** Beyond 100 % too, where a share ends. */
const formatPercent = (size: number) =>
  size < 1 ? formatShare(size) : `${Math.round(size * 100)} %`;
