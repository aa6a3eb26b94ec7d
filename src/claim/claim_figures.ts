// What the measured cells of a claim say: figures by request, without knowing how a record is built.

import { type OrientedRatio, orientedRatio, pairByRound } from "../compare/contrast.ts";
import { summarize, type Summary } from "../compare/summarize.ts";
import { type TrialValues, trialValues } from "../compare/trial_values.ts";
import { factOf } from "../model/environment.ts";
import type { RunRecord } from "../model/run_record.ts";
import type { Trial } from "../model/trial.ts";
import { namePlacement } from "../report/document/format_key.ts";
import type { Params } from "../model/params.ts";
import type { Placement } from "../model/placement.ts";
import type { MetricUnit } from "../units/unit.ts";

export interface CaseRequest {
  readonly scenario: string;
  /** The transport's id, as in `tcp@libc`. */
  readonly transport: string;
  readonly params: Params;
  /** Where the two ends are pinned; absent: `none`. */
  readonly pin?: Placement["pin"];
}

export function request(scenario: string, transport: string, params: Params): CaseRequest {
  return { scenario, transport, params };
}

/** A number with its unit and, where it was measured more than once, its interval. */
export interface Figure {
  /** In `unit`; a median where there is an interval. */
  readonly value: number;
  readonly unit: MetricUnit;
  readonly low?: number;
  readonly high?: number;
  /** Trials, pairs or observations that it rests on. */
  readonly n?: number;
}

/** One text for a request, whatever the order of its parameters. */
export function requestKey({ scenario, transport, params, pin = "none" }: CaseRequest): string {
  const sorted = Object.entries(params).sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify([scenario, transport, sorted, pin]);
}

/** Figures of measured cells. What was not measured is `undefined`, and {@linkcode ClaimFigures.skip} says why. */
export class ClaimFigures {
  readonly #record: RunRecord;
  readonly #ids: ReadonlyMap<string, string>;
  readonly #skips: ReadonlyMap<string, string>;
  readonly #values: TrialValues;
  readonly #summaries: ReadonlyMap<string, Summary>;

  constructor(
    record: RunRecord,
    ids: ReadonlyMap<string, string>,
    skips: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#record = record;
    this.#ids = ids;
    this.#skips = skips;
    this.#values = trialValues(record);
    this.#summaries = new Map(
      summarize(record, this.#values).map((one) => [`${one.case} ${one.metric}`, one]),
    );
  }

  /** A metric of a cell across its trials: median and interval. */
  figure(request: CaseRequest, metric: string): Figure | undefined {
    const id = this.#ids.get(requestKey(request));
    const summary = this.#summaries.get(`${id} ${metric}`);
    if (summary === undefined) return undefined;
    const { median, low, high, unit, n } = summary;
    return { value: median, low, high, unit, n };
  }

  /** A cell against another, paired by round; above 1, the first is better in the direction of the metric; `undefined` when the two share no round with a value above 0. */
  ratio(first: CaseRequest, base: CaseRequest, metric: string): OrientedRatio | undefined {
    const definition = this.#record.metrics.find(({ id }) => id === metric);
    const ids = [first, base].map((request) => this.#ids.get(requestKey(request)));
    if (definition === undefined || ids.includes(undefined)) return undefined;
    return orientedRatio(
      this.#values.of(ids[0]!, metric),
      this.#values.of(ids[1]!, metric),
      definition,
    );
  }

  /** Several cells against their bases as one ratio: in each round the geometric mean of the pairs' ratios, where all have a value. */
  jointRatio(
    pairs: readonly (readonly [first: CaseRequest, base: CaseRequest])[],
    metric: string,
  ): OrientedRatio | undefined {
    const definition = this.#record.metrics.find(({ id }) => id === metric);
    const measured = pairs.flatMap((pair) => {
      const [first, base] = pair.map((request) => this.#ids.get(requestKey(request)));
      return first === undefined || base === undefined ? [] : [
        [this.#values.of(first, metric), this.#values.of(base, metric)] as const,
      ];
    });
    const [leading] = measured;
    if (definition === undefined || leading === undefined) return undefined;
    const rounds = Map.groupBy(
      measured.flatMap(([first, base]) => pairByRound(first, base)),
      ([, , round]) => round,
    );
    const complete = [...rounds].filter(([, values]) => values.length === measured.length);
    const generations = new Map(leading[0].map((value) => [value.round, value.generation]));
    const meanOf = (side: 0 | 1) =>
      complete.map(([round, values]) => {
        const generation = generations.get(round);
        const value = geometricMean(values.map((pair) => pair[side]));
        return { round, value, ...(generation !== undefined && { generation }) };
      });
    return orientedRatio(meanOf(0), meanOf(1), definition);
  }

  /** The cell's trials that succeeded, in the order of measuring. */
  trials(request: CaseRequest): readonly Trial[] {
    const id = this.#ids.get(requestKey(request));
    return this.#record.trials.filter((trial) => trial.case === id && trial.error === undefined);
  }

  /** The errors of the cell's trials that failed: one message each. */
  errors(request: CaseRequest): readonly string[] {
    const id = this.#ids.get(requestKey(request));
    return this.#record.trials.flatMap((trial) =>
      trial.case === id && trial.error !== undefined ? [trial.error.message] : []
    );
  }

  /** How far a kernel counter moved in all of the cell's trials together; `undefined` where none was read. */
  counter(request: CaseRequest, name: string): number | undefined {
    const read = this.trials(request).flatMap(({ counters }) =>
      counters === undefined ? [] : [counters]
    );
    return read.length === 0
      ? undefined
      : read.reduce((sum, counters) => sum + (counters[name] ?? 0), 0);
  }

  /** How often something happened for each operation, from counters that were read with the trial, at either end: `drive.` and `serve.` before their names; `undefined` where none was read. */
  atBothEnds(request: CaseRequest, names: readonly string[]): number | undefined {
    const read = this.trials(request).filter(({ counters }) => counters !== undefined);
    const within = read.reduce(
      (sum, { evidenceOperations, operations }) => sum + (evidenceOperations ?? operations),
      0,
    );
    if (within === 0) return undefined;
    const counted = ["drive", "serve"].flatMap((end) => names.map((name) => `${end}.${name}`));
    return counted.reduce((sum, name) => sum + (this.counter(request, name) ?? 0), 0) / within;
  }

  operations(request: CaseRequest): number {
    return this.trials(request).reduce((sum, { operations }) => sum + operations, 0);
  }

  /** Where the two ends of a cell ran, in a few words; empty where it was not measured. */
  placement(request: CaseRequest): string {
    const id = this.#ids.get(requestKey(request));
    const found = this.#record.cases.find((one) => one.id === id);
    return found === undefined ? "" : namePlacement(found.placement);
  }

  /** TCP's congestion control on the machine, as in `bbr`; `undefined` where it was not read. */
  congestion(): string | undefined {
    const name = factOf(this.#record.environment, "net.ipv4.tcp_congestion_control");
    return typeof name === "string" ? name : undefined;
  }

  /** Why a cell was not measured: one sentence, without its full stop; `undefined` where it was. */
  skip(request: CaseRequest): string | undefined {
    const key = requestKey(request);
    if (this.trials(request).length > 0) return undefined;
    return this.#skips.get(key) ?? this.errors(request)[0] ?? "it was not measured";
  }
}

/** The geometric mean; 0 where one of the values is. */
function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
