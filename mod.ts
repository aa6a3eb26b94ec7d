/**
 * sockbench: the socket benchmarking suite for Deno, as a library. Plan, run, summarize, compare, render; the command line does
 * nothing that cannot be done from here.
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
 * @example Judge one record against another, and render both
 * ```ts
 * import { compareRecords, createPolicy, judge, measure, reportFormats } from "@sockbench/sockbench";
 *
 * const once = () => measure({ scenarios: ["connect"], profile: "quick", rounds: 6, peer: "loop", seed: 1 });
 * const [base, head] = [await once(), await once()];
 * const result = judge(compareRecords(base, head, { paired: false }), createPolicy({ threshold: "50%" }));
 * console.log(result.summary);
 * if (!reportFormats.get("md")!.render(head).startsWith("# ")) throw new Error("no report");
 * ```
 *
 * @example A transport of one's own, measured by a built-in scenario
 * ```ts
 * import { createCatalog, measure, type SockbenchModule, type StreamTransport, tcp } from "@sockbench/sockbench";
 *
 * // TCP as it is, under another name: a real one would wrap `connect` and `listen`.
 * const mine: StreamTransport = {
 *   ...(tcp as StreamTransport),
 *   name: "mine",
 *   title: "TCP through my own wrapper",
 * };
 * // In a file of its own this is its default export, and `sockbench run --module ./mine.ts --transport tcp,mine` measures it.
 * const module: SockbenchModule = { transports: [mine] };
 *
 * const record = await measure(
 *   { scenarios: ["round-trip"], transports: ["tcp", "mine"], params: { bytes: [64] }, profile: "quick", rounds: 1, peer: "loop" },
 *   { catalog: createCatalog([module]) },
 * );
 * if (!record.trials.some((trial) => trial.case === "round-trip/mine/bytes=64")) throw new Error("not measured");
 * ```
 *
 * @example A scenario of one's own
 * ```ts
 * import { createCatalog, measure, type Scenario } from "@sockbench/sockbench";
 *
 * const chatty: Scenario = {
 *   id: "chatty",
 *   question: "What does a tiny message cost?",
 *   operation: "exchange",
 *   parameters: [{ name: "bytes", kind: "size", description: "size of request and reply" }],
 *   metrics: ["p50", "p99"],
 *   columns: ["transport"],
 *   contrasts: [{ factor: "transport", base: "tcp", metric: "p50" }],
 *   notes: ["One byte each way."],
 *   workload: "ping-pong",
 *   grid: {
 *     quick: [{ transports: ["tcp", "unix"], params: { bytes: [1] } }],
 *     standard: [{ transports: ["tcp", "unix"], params: { bytes: [1] } }],
 *     thorough: [{ transports: ["tcp", "unix"], params: { bytes: [1] } }],
 *   },
 * };
 * const record = await measure(
 *   { scenarios: ["chatty"], profile: "quick", rounds: 1, peer: "loop" },
 *   { catalog: createCatalog([{ scenarios: [chatty] }]) },
 * );
 * if (record.trials.length !== 2) throw new Error("expected a trial for tcp and one for unix");
 * ```
 *
 * @module
 */

export { type Catalog, createCatalog, type SockbenchModule } from "./src/catalog.ts";
export { type Clock, systemClock } from "./src/clock.ts";
export {
  defineMetric,
  METRIC_IDS,
  type MetricDefinition,
  type MetricDirection,
  metricOf,
  type MetricUnit,
} from "./src/units/metric.ts";

export * from "./src/transport/channel.ts";
export * from "./src/transport/transport.ts";
export { tcp, tcp6 } from "./src/transport/tcp.ts";
export { udp, udp6 } from "./src/transport/udp.ts";
export { unix } from "./src/transport/unix.ts";
export { unixpacket } from "./src/transport/unixpacket.ts";
export { probeTransports } from "./src/transport/probe_transports.ts";
export { createSocketDirectory, type SocketDirectory } from "./src/transport/socket_directory.ts";

export * from "./src/workload/workload.ts";
export * from "./src/model/params.ts";
export * from "./src/model/budget.ts";
export * from "./src/model/tally.ts";
export * from "./src/model/scenario.ts";
export * from "./src/model/scenario_spec.ts";

export * from "./src/model/case.ts";
export * from "./src/model/placement.ts";
export type { Pinning } from "./src/model/placement.ts";
export type { Plan } from "./src/plan/plan.ts";
export { planCases } from "./src/plan/plan_cases.ts";
export { type Profile, PROFILES } from "./src/plan/profile.ts";
export {
  createSettings,
  type Settings,
  SettingsError,
  type SettingsInput,
} from "./src/plan/settings.ts";

export { PeerError } from "./src/peer/peer_link.ts";
export { readEnvironment } from "./src/run/environment.ts";
export { measure, type MeasureOnceOptions } from "./src/run/measure.ts";
export { type MeasureOptions, Session, type SessionOptions } from "./src/run/session.ts";
export { type RunEvent, type RunOptions, runPlan } from "./src/run/run_plan.ts";

export * from "./src/model/trial.ts";
export * from "./src/model/environment.ts";
export * from "./src/model/run_record.ts";
export { Histogram, type SparseHistogram } from "./src/model/histogram.ts";
export { decodeRecord, encodeRecord, recordJsonSchema } from "./src/record/codec.ts";
export { RecordError } from "./src/record/record_error.ts";

export { summarize, type Summary } from "./src/compare/summarize.ts";
export { type RoundValue, type TrialValues, trialValues } from "./src/compare/trial_values.ts";
export {
  contrast,
  type Contrasted,
  type Difference,
  type OrientedRatio,
} from "./src/compare/contrast.ts";
export { type CompareOptions, compareRecords } from "./src/compare/compare_records.ts";
export type { Cell, Comparison, Gap, RecordComparison } from "./src/compare/comparison.ts";
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
} from "./src/compare/gate_policy.ts";
export type { Quantity } from "./src/units/parse_quantity.ts";
export { judge } from "./src/compare/judge.ts";
export type {
  Confirmation,
  GateResult,
  IgnoredCell,
  Verdict,
  VerdictWord,
} from "./src/compare/gate_result.ts";
export type { Interval, Speed, TwoSpeeds } from "./src/stats/mod.ts";

export { type RenderedFiles, type ReportFormat, reportFormats } from "./src/report/registry.ts";
export type { TerminalLook } from "./src/text/terminal_line.ts";

export type { Chart } from "./src/report/chart/chart.ts";
export { buildCharts } from "./src/report/chart/build_charts.ts";
export {
  buildComparisonCharts,
  type ComparisonChartOptions,
} from "./src/report/chart/compare_charts.ts";
export { chartFiles } from "./src/report/chart/chart_files.ts";
export { comparisonFormats, gateFormats } from "./src/report/gate_registry.ts";
export type { GateFormat, GateReport } from "./src/report/gate_text.ts";
