/**
 * The process of the live view's ratios: trials with the view painted before each, against the same trials without. Its standard
 * error is the terminal. Prints its findings as JSON to the file named by the first argument; `bench/live_view.ts` starts it.
 *
 * @module
 */

import { createProgress } from "../../../src/cli/terminal/progress.ts";
import { systemTerminal, type Terminal } from "../../../src/cli/terminal/terminal.ts";
import type { PeerKind } from "../../../src/model/placement.ts";
import { metricValue } from "../../../src/model/metric_value.ts";
import type { RunEvent } from "../../../src/run/run_plan.ts";
import type { Pair } from "../../../src/stats/mod.ts";
import { pairSlices } from "./paired_slices.ts";
import { SuiteTrials } from "./suite_trials.ts";

/** What the process hands back. */
export interface LiveViewPairs {
  /** Who served. */
  readonly peer: PeerKind;
  /** p50 with the view painted before each trial, and without. */
  readonly painted: readonly Pair[];
  /** p50 without against without: what the method errs by. */
  readonly control: readonly Pair[];
}

/** The case measured. */
export const LIVE_VIEW_CASE = "round-trip/tcp/bytes=64";

if (import.meta.main) {
  const [file, pairs] = Deno.args as [string, string];
  const found: LiveViewPairs[] = [];
  for (const peer of ["loop", "process"] as const) found.push(await measure(peer, Number(pairs)));
  await Deno.writeTextFile(file, JSON.stringify(found));
}

async function measure(peer: PeerKind, count: number): Promise<LiveViewPairs> {
  await using trials = await SuiteTrials.open(peer);
  const view = openView(trials);
  const plain = async () => {
    const trial = { ...await trials.run(LIVE_VIEW_CASE), round: 1, order: 0, startedNs: 0 };
    const p50 = metricValue(trial, "p50");
    if (p50 === undefined) throw new Error(`a trial of ${LIVE_VIEW_CASE} has no p50`);
    return p50;
  };
  let last = 20_000;
  const painted = async () => {
    view.paint(last);
    return last = await plain();
  };
  const pairs = await pairSlices(painted, plain, count);
  view.end();
  return { peer, painted: pairs, control: await pairSlices(plain, plain, count) };
}

/** The view of a run in its third round of fifteen, as large as it becomes; every event paints, four times as often as in a run. */
function openView({ plan }: SuiteTrials): { paint(value: number): void; end(): void } {
  const system = systemTerminal();
  // Where nothing is a terminal, its codes go where standard error goes.
  const terminal: Terminal = { ...system, errIsTerminal: true, colour: true };
  const progress = createProgress(terminal, "normal");
  progress.start({ ...plan, skipped: [] });
  let elapsedNs = 0;
  const eventOf = (caseId: string, value: number): RunEvent => ({
    kind: "trial",
    round: 3,
    rounds: 15,
    index: 0,
    cases: plan.cases.length,
    caseId,
    value,
    // Beyond any throttle, so that each event paints.
    elapsedNs: elapsedNs += 1e9,
    remainingNs: 60e9,
  });
  for (const { id } of plan.cases) progress.take(eventOf(id, 20_000));
  return {
    paint: (value) => progress.take(eventOf(LIVE_VIEW_CASE, value)),
    end: () => progress.end(),
  };
}
