// Scenario specifications: what is plain data of a scenario, so that a record carries it.

import type { Params } from "./params.ts";

/** A parameter that spans a scenario's grid. */
export interface ParameterSpec {
  /** As in case ids and `--param`: `bytes`, `pattern`. */
  readonly name: string;
  /** `size`: a number of bytes (`64`, `1KiB`, `largest` where the transport has a limit); `count`: a whole number; `choice`: one of `choices`. */
  readonly kind: "size" | "count" | "choice";
  /** One line for `list` and reports. */
  readonly description: string;
  /** What a `count` counts, as reports write it after the number: `µs`, `/s`; absent: nothing that has a symbol. */
  readonly unit?: string;
  /** Allowed values of a `choice`. */
  readonly choices?: readonly string[];
  /** Smallest allowed value of a size or count; absent: 1. */
  readonly min?: number;
  /** Largest allowed value of a size or count; absent: no limit but the transport's. */
  readonly max?: number;
}

/** The cases of one driver whose parameters have these values: one cell of each row of a {@link Split}. */
export interface SplitCell {
  /** As in `deno`, `libc`. */
  readonly driver: string;
  /** Values of parameters. */
  readonly params: Readonly<Record<string, number | string>>;
}

/** One part of a figure. */
export interface SplitPart {
  /** Heading of its column. */
  readonly title: string;
  /** What it is measured in. */
  readonly of: SplitCell;
  /** What is taken off, trial by trial of the same round; absent: nothing. */
  readonly less?: SplitCell;
}

/** How one metric splits into parts, each the difference of two cells that share a transport and all else. */
export interface Split {
  /** The metric. */
  readonly metric: string;
  /** Its parts, in the order of columns. */
  readonly parts: readonly SplitPart[];
}

/** What the cells of one row of a split have in common: all but what its cells fix. */
export function splitKey(
  { scenario, transport, params, pin }: {
    readonly scenario: string;
    readonly transport: string;
    readonly params: Params;
    readonly pin: string;
  },
  { parts }: Split,
): string {
  const fixed = new Set(parts.flatMap(({ of }) => Object.keys(of.params)));
  const shared = Object.entries(params).filter(([name]) => !fixed.has(name));
  return JSON.stringify([scenario, transport.split("@")[0], pin, shared]);
}

/** A pair of cases worth a sentence: all cases that agree but for `factor`, each against the one where it is `base`. */
export interface Contrast {
  /** `"transport"`, `"scenario"`, `"pin"` or a parameter's name. Only a contrast by `pin` compares across placements. */
  readonly factor: string;
  /** The value compared against: `tcp`, `off`, or, for factor `scenario`, another scenario's id. */
  readonly base: string | number;
  /** The metric compared. */
  readonly metric: string;
}

/** The part of a scenario that is plain data; a record carries it, so that old records render without the code that made them. */
export interface ScenarioSpec {
  /** As in case ids: `round-trip`. */
  readonly id: string;
  /** The question in one sentence, ending in a question mark. */
  readonly question: string;
  /** What one operation is, in the singular: "exchange", "connection", "message". */
  readonly operation: string;
  /** The grid's parameters, in the order of the case id. */
  readonly parameters: readonly ParameterSpec[];
  /** Metric ids, the headline first. */
  readonly metrics: readonly string[];
  /** Which factors stand side by side as table columns: `["transport"]`, `["read"]`; the rest make the rows. */
  readonly columns: readonly string[];
  /** Comparisons that become findings. */
  readonly contrasts: readonly Contrast[];
  /** Metrics besides the headline that have a table with cases side by side. */
  readonly tables?: readonly string[];
  /** How a metric splits into parts; absent: it does not. */
  readonly split?: Split;
  /** Numeric parameters for which the report names the best cell and the value from which more gains less than the margin. */
  readonly search?: readonly string[];
  /** Kernel counters that explain the figures, as in `TcpExt.DelayedACKs`: what a trial's counters hold, cited beside findings. */
  readonly evidence?: readonly string[];
  /** What a reader must know: bounds, settings, caveats. One sentence each. */
  readonly notes: readonly string[];
}
