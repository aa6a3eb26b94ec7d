/**
 * sockbench: the socket benchmarking suite for Deno, as a library: measure, summarize, compare, judge. The command line does
 * nothing that cannot be done from here.
 *
 * What a transport, workload or scenario of one's own is written with is in `@sockbench/sockbench/extend`, charts and all that reports
 * are made of in `@sockbench/sockbench/report`, system calls in `@sockbench/sockbench/kernel`.
 *
 * @example Measure, then read a figure
 * ```ts
 * import { measure, summarize } from "@sockbench/sockbench";
 *
 * const record = await measure({
 *   transports: ["tcp", "unix"],
 *   scenarios: ["round-trip"],
 *   params: { bytes: [64] },
 *   profile: "quick",
 *   rounds: 2,
 *   peer: "loop",
 * });
 * for (const { case: id, metric, median, unit, n } of summarize(record)) {
 *   if (metric === "p50") console.log(`${id}: ${median} ${unit} (${n} trials)`);
 * }
 * ```
 *
 * @example Plan first, then measure, and keep the record
 * ```ts
 * import { decodeRecord, encodeRecord, Session } from "@sockbench/sockbench";
 *
 * await using session = await Session.open();
 * const plan = await session.plan({ scenarios: ["connect"], profile: "quick", rounds: 1, peer: "loop" });
 * console.log(`${plan.cases.length} cases, about ${Math.ceil(plan.estimateNs / 1e9)} s`);
 * const record = await session.measure(plan, { onEvent: (event) => console.log(event.kind) });
 * const text = encodeRecord(record);
 * if (decodeRecord(text, "memory").trials.length !== plan.cases.length) throw new Error("not measured");
 * ```
 *
 * @module
 */

export { measure, type MeasureOnceOptions, NothingMeasuredError } from "./src/run/measure.ts";
export { type MeasureOptions, Session, type SessionOptions } from "./src/run/session.ts";
export type { RunEvent } from "./src/run/run_plan.ts";
export { PeerError } from "./src/peer/peer_link.ts";
export type { Plan, PlannedCases } from "./src/plan/plan.ts";
export { type Settings, SettingsError, type SettingsInput } from "./src/plan/settings.ts";
export { parseReplay } from "./src/plan/parse_replay.ts";
export type { Replay, ReplaySize, RequestShape } from "./src/model/replay.ts";

export { type Catalog, createCatalog, type SockbenchModule } from "./src/catalog.ts";
export type { GridParameter, Scenario } from "./src/model/scenario.ts";
export type { Transport } from "./src/transport/transport.ts";
export type { Workload } from "./src/workload/workload.ts";
export { tcp, tcp6 } from "./src/transport/tcp.ts";
export { udp, udp6 } from "./src/transport/udp.ts";
export { unix } from "./src/transport/unix.ts";
export { unixpacket } from "./src/transport/unixpacket.ts";

export type { Case, Skip } from "./src/model/case.ts";
export type { PeerKind, Pin, Pinning, Placement } from "./src/model/placement.ts";
export { decodeRecord, encodeRecord, recordJsonSchema } from "./src/record/codec.ts";
export { RecordError } from "./src/record/record_error.ts";
export {
  type RecordOrigin,
  type RecordSettings,
  type ReferenceBenchmarkReading,
  type ReferenceBenchmarkReadings,
  type ReferenceBenchmarkValues,
  type RunRecord,
  SCHEMA_VERSION,
} from "./src/model/run_record.ts";
export {
  type Environment,
  type EnvironmentFact,
  type Fact,
  type FactComparison,
  factOf,
} from "./src/model/environment.ts";
export type { CpuTime, Trial, TrialError, TrialSlice } from "./src/model/trial.ts";
export { metricValue } from "./src/model/metric_value.ts";

export { summarize, type Summary } from "./src/compare/summarize.ts";
export { type RoundValue, type TrialValues, trialValues } from "./src/compare/trial_values.ts";
export type { Bimodality, Interval, Speed } from "./src/stats/mod.ts";
export {
  contrast,
  type Contrasted,
  type Difference,
  type OrientedRatio,
} from "./src/compare/contrast.ts";
export { type CompareOptions, compareRecords } from "./src/compare/compare_records.ts";
export type { MergedRuns } from "./src/compare/runs_effect.ts";
export type {
  CaseFailures,
  Cell,
  Comparison,
  Failures,
  Gap,
  RecordComparison,
} from "./src/compare/comparison.ts";
export type { WaitShares } from "./src/compare/comparison.ts";
export type { Effect, Estimate } from "./src/compare/effect.ts";
export type { EffectKind } from "./src/units/unit.ts";
export {
  createPolicy,
  DEFAULT_POLICY,
  type IgnoreRule,
  type LimitRule,
  type Policy,
  PolicyError,
  type PolicyInput,
  type ThresholdRule,
} from "./src/gate/gate_policy.ts";
export type { Quantity } from "./src/units/parse_quantity.ts";
export { judge } from "./src/gate/judge.ts";
export type { Control } from "./src/gate/control.ts";
export type { Detectable } from "./src/gate/detectable.ts";
export type {
  Confirmation,
  GateResult,
  IgnoredCell,
  Verdict,
  VerdictWord,
} from "./src/gate/gate_result.ts";

export { type ReportFormat, reportFormats } from "./src/report/registry.ts";
export { comparisonFormats, gateFormats } from "./src/report/registry.ts";
