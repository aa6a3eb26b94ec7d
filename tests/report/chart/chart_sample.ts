/**
 * Records for charts: the sample record with distributions and single exchanges, and one of many cells.
 *
 * @module
 */

import { Histogram } from "../../../src/model/histogram.ts";
import type { RunRecord } from "../../../src/model/run_record.ts";
import type { Trial } from "../../../src/model/trial.ts";
import { type Case, caseId } from "../../../src/model/case.ts";
import { createPrng } from "../../../src/stats/prng.ts";
import { sampleRecord } from "../../support/sample_record.ts";

/** The sample record, whose trials also hold distributions and, of scenario `nagle`, single exchanges. */
export function chartRecord(rounds = 12): RunRecord {
  const record = sampleRecord({ rounds });
  const prng = createPrng(11);
  return { ...record, trials: record.trials.map((trial) => withDetails(trial, prng)) };
}

type Prng = ReturnType<typeof createPrng>;

function withDetails(trial: Trial, prng: Prng): Trial {
  const { values } = trial;
  const centre = values?.p50 ?? values?.connectP50;
  if (trial.error !== undefined || centre === undefined) return trial;
  const histogram = new Histogram();
  const list: number[] = [];
  for (let i = 0; i < 400; i++) {
    // Log-normal body with a heavy tail, as round trips have.
    const tail = prng.nextFloat() < 0.01 ? 8 * prng.nextFloat() : 0;
    const ns = Math.round(centre * (0.95 + 0.1 * prng.nextFloat() + tail));
    histogram.record(ns);
    if (i < (centre > 1e6 ? 4 : 64)) list.push(ns);
  }
  const name = values?.p50 === undefined ? "connect" : "exchange";
  const isNagle = trial.case.startsWith("nagle/");
  return {
    ...trial,
    histograms: { [name]: histogram.toSparse() },
    ...(isNagle ? { series: { exchange: list } } : {}),
  };
}

/** A record of one scenario with many cells, each with a few trials. */
export function manyCells(
  scenario: "round-trip" | "throughput" | "nagle",
  cells: number,
): RunRecord {
  const record = sampleRecord({ rounds: 1 });
  const spec = record.scenarios.find(({ id }) => id === scenario)!;
  const template = record.cases.find((one) => one.scenario === scenario)!;
  const transports = ["tcp", "tcp6", "unix", "udp", "udp6", "unixpacket"];
  const cases = Array.from({ length: cells }, (_, index): Case => {
    const transport = transports[index % transports.length]!;
    const size = 64 * (1 + Math.floor(index / transports.length));
    const params = scenario === "nagle"
      ? {
        nagle: index % 2 === 0 ? "on" : "off",
        pattern: "write-write-read",
        header: 64,
        body: size,
      }
      : { bytes: size };
    return { ...template, id: caseId(scenario, transport, params), transport, params };
  });
  return { ...record, scenarios: [spec], cases, trials: trialsOf(cases, 4) };
}

/** A grid of write chunks and read buffers, wider and higher than any profile's. */
export function manySquares(rows: number, columns: number): RunRecord {
  const record = sampleRecord({ rounds: 1 });
  const spec = record.scenarios.find(({ id }) => id === "buffer-size")!;
  const template = record.cases.find((one) => one.scenario === "buffer-size")!;
  const cases = Array.from({ length: rows * columns }, (_, index): Case => {
    const params = {
      bytes: 512 * (1 + Math.floor(index / columns)),
      read: 512 * (1 + index % columns),
    };
    return { ...template, id: caseId(spec.id, template.transport, params), params };
  });
  return { ...record, scenarios: [spec], cases, trials: trialsOf(cases, 3) };
}

function trialsOf(cases: readonly Case[], rounds: number): readonly Trial[] {
  const prng = createPrng(5);
  return Array.from({ length: rounds }, (_, index) => index + 1).flatMap((round) =>
    cases.map((one, order): Trial => {
      const p50 = 10_000 * (1 + 0.1 * prng.nextFloat()) * (1 + order / 50);
      return withDetails({
        case: one.id,
        round,
        order,
        startedNs: round * 10e9 + order * 30e6,
        elapsedNs: 20e6,
        operations: 1_000,
        histograms: {},
        values: {
          p50,
          p90: 1.1 * p50,
          p99: 2 * p50,
          p999: 5 * p50,
          bytesPerSecond: 1e13 / p50,
        },
        tally: {},
        peer: "process 4711",
        settings: {},
      }, prng);
    })
  );
}
