/**
 * What a transport, workload, scenario or metric of one's own needs, and nothing for those who only measure.
 *
 * @example A transport, tried by the contract that every transport keeps
 * ```ts
 * import { probeStream, type SockbenchModule, type StreamTransport } from "@sockbench/sockbench/extend";
 * import { tcp } from "@sockbench/sockbench";
 *
 * // TCP as it is, under another name: a real one would wrap `connect` and `listen`.
 * export const mine: StreamTransport = {
 *   ...(tcp as StreamTransport),
 *   name: "mine",
 *   title: "TCP through my own wrapper",
 *   probe: (options) => probeStream(mine, options),
 * };
 * // In a file of its own this is its default export: `sockbench run --module ./mine.ts --transport tcp,mine` measures it, and
 * // `await testTransportContract(mine)` at the top of a test file tries it.
 * const module: SockbenchModule = { transports: [mine] };
 * if (module.transports?.[0] !== mine) throw new Error("no module");
 * ```
 *
 * @example A scenario, measured over built-in transports
 * ```ts
 * import { createCatalog, type Scenario } from "@sockbench/sockbench/extend";
 * import { measure } from "@sockbench/sockbench";
 *
 * const grid = [{ transports: ["tcp", "unix"], params: { bytes: [1] } }];
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
 *   grid: { quick: grid, standard: grid, thorough: grid },
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

export { type Catalog, createCatalog, type SockbenchModule } from "../catalog.ts";
export { type Clock, type Pacer, systemClock } from "../clock.ts";
export { defineMetric, type MetricDefinition, type MetricDirection } from "../units/metric.ts";
export type { MetricUnit } from "../units/unit.ts";

export * from "../transport/channel.ts";
export * from "../transport/transport.ts";
export { probeDatagram, probeStream } from "../transport/probe.ts";
export { createSocketDirectory, type SocketDirectory } from "../transport/socket_directory.ts";
export { freshSocketPath, removeSocketFile } from "../transport/socket_file.ts";
export { type ContractOptions, testTransportContract } from "./test_transport_contract.ts";

export * from "../workload/workload.ts";
export { numberParam, readRest, warmupOf, writeRest } from "../workload/exchange_loop.ts";
export { Histogram } from "../model/histogram.ts";
export type { SparseHistogram } from "../model/sparse_histogram.ts";
export type { Budget } from "../model/budget.ts";
export type { Params } from "../model/params.ts";
export type { Replay, ReplaySize, RequestShape } from "../model/replay.ts";
export type { ReceiverWindow, Tally } from "../model/tally.ts";

export type {
  GridBlock,
  GridParameter,
  PartialNote,
  ProfileName,
  Scenario,
} from "../model/scenario.ts";
export type {
  Contrast,
  ParameterSpec,
  ScenarioSpec,
  Split,
  SplitCell,
  SplitPart,
} from "../model/scenario_spec.ts";
