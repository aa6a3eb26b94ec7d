/**
 * The suite's own trials against hand-written loops of the same exchange, each pair side by side in time.
 *
 * @module
 */

import { metricValue } from "../../../src/model/metric_value.ts";
import { createSocketDirectory } from "../../../src/transport/socket_directory.ts";
import { bareTcpRoundTrip, bareUdpRoundTrip, bareUnixRoundTrip } from "./bare_loops.ts";
import { openBareReaderWorker } from "./bare_reader_link.ts";
import { bareReader, bareTransfer } from "./bare_transfer.ts";
import { pairSlices, type Slice } from "./paired_slices.ts";
import { SuiteTrials } from "./suite_trials.ts";
import { type Finding, ratioFinding, type Target } from "../verdict.ts";

const BYTES = 64;
const SIZES = [64 * 1024, 1024 * 1024];
/** An exchange may take this much longer in the suite. */
const ROUND_TRIP: Target = { must: "be at most", value: 1.03 };
/** Throughput may not be below that of the bare loop. */
const THROUGHPUT: Target = { must: "be at least", value: 1 };
/** Throughput of one connection is bimodal, the modes a factor of two apart: only many connections tell a small difference. */
const THROUGHPUT_PAIRS_FACTOR = 3;

/** Median round trips of 64 B over tcp, unix and udp; and the bare loop against itself, which shows what the method itself errs by. */
export async function roundTripFindings(count: number): Promise<Finding[]> {
  await using trials = await SuiteTrials.open("loop");
  await using directory = await createSocketDirectory();
  const budget = trials.budgetOf(`round-trip/tcp/bytes=${BYTES}`);
  let opened = 0;
  const bare: Readonly<Record<string, Slice>> = {
    tcp: () => bareTcpRoundTrip(BYTES, budget),
    unix: () => bareUnixRoundTrip(`${directory.path}/${++opened}`, BYTES, budget),
    udp: () => bareUdpRoundTrip(BYTES, budget),
  };
  const findings: Finding[] = [];
  for (const [transport, loop] of Object.entries(bare)) {
    const id = `round-trip/${transport}/bytes=${BYTES}`;
    const pairs = await pairSlices(suite(trials, id, "p50"), loop, count);
    findings.push(ratioFinding(`p50 of ${id}, peer loop, to the bare loop's`, pairs, ROUND_TRIP));
  }
  const control = await pairSlices(bare.tcp!, bare.tcp!, count);
  findings.push(ratioFinding("control: the bare tcp loop's p50 to its own", control));
  return findings;
}

/** Throughput over tcp in large writes, with the reader on the same event loop and in a worker. */
export async function throughputFindings(count: number): Promise<Finding[]> {
  using worker = openBareReaderWorker();
  const readers = { loop: bareReader(), worker };
  const findings: Finding[] = [];
  for (const peer of ["loop", "worker"] as const) {
    await using trials = await SuiteTrials.open(peer);
    for (const bytes of SIZES) {
      const id = `throughput/tcp/bytes=${bytes}`;
      const budget = trials.budgetOf(id);
      const bare = () => bareTransfer(readers[peer], bytes, budget);
      const pairs = await pairSlices(
        suite(trials, id, "bytesPerSecond"),
        bare,
        count * THROUGHPUT_PAIRS_FACTOR,
      );
      findings.push(
        ratioFinding(`bytes/s of ${id}, peer ${peer}, to the bare loop's`, pairs, THROUGHPUT),
      );
    }
  }
  return findings;
}

/** One trial of a case, as the value that a report would show. */
function suite(trials: SuiteTrials, caseId: string, metric: string): Slice {
  return async () => {
    const trial = { ...await trials.run(caseId), round: 1, order: 0, startedNs: 0 };
    const value = metricValue(trial, metric);
    if (value === undefined) throw new Error(`a trial of ${caseId} has no ${metric}`);
    return value;
  };
}
