/**
 * What taking turns gains over trials one after another, and what it costs: `deno task bench:slices`.
 *
 * All designs are interleaved in one run. A against A says what a ratio spreads by where there is none to find; unix against tcp what a
 * real ratio's interval comes to; a case alone against the same case among six whether the others carry over; exchanges at once and some
 * milliseconds after evidence was read what that reading does to them.
 *
 * `--blocks n` blocks of each design (default 50) · `--out file` (default reports/slices.md).
 *
 * @module
 */

import { createCatalog } from "../../src/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import type { Case } from "../../src/model/case.ts";
import { describeMachine } from "../../src/model/format_fact.ts";
import type { PeerKind, Pin, Placement } from "../../src/model/placement.ts";
import type { Trial } from "../../src/model/trial.ts";
import { metricValue } from "../../src/model/metric_value.ts";
import { Histogram } from "../../src/model/histogram.ts";
import { openPeer } from "../../src/peer/open_peer.ts";
import type { PeerLink } from "../../src/peer/peer_link.ts";
import { findPinning } from "../../src/peer/pin_thread.ts";
import { orientedRatio } from "../../src/compare/contrast.ts";
import { trialValues } from "../../src/compare/trial_values.ts";
import { readEnvironment } from "../../src/run/environment.ts";
import { runBlock } from "../../src/run/run_block.ts";
import { runTrial, type TrialOutcome, type TrialSetup } from "../../src/run/run_trial.ts";
import { createPrng, median, medianInterval } from "../../src/stats/mod.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import type { Workload } from "../../src/workload/workload.ts";
import { pingPong } from "../../src/workload/ping_pong.ts";
import { readOptions } from "./read_options.ts";

const catalog = createCatalog();
const MEASURE_NS = 30e6;
/** As many slices as the standard profile's trials have. */
const BUDGET = { warmupNs: 5e6, measureNs: MEASURE_NS };
/** Blocks of which the half width of a real ratio is taken. */
const WINDOW = 16;
const SETTLE_NS = [0, 5e6, 10e6, 15e6];

interface Place {
  readonly name: string;
  readonly placement: Placement;
  readonly link: PeerLink;
}

/** Log ratios, one a block. */
interface Ratios {
  readonly same: number[];
  readonly real: number[];
}

const options = readOptions({ blocks: "50", out: "reports/slices.md" });
const blocks = Number(options.blocks);
if (!Number.isInteger(blocks) || blocks < WINDOW) {
  throw new Error(`--blocks must be a whole number of at least ${WINDOW}: it is ${options.blocks}`);
}
const prng = createPrng("slices");
const environment = await readEnvironment();
const loadBefore = await readLoad();
await using directory = await createSocketDirectory();
const places = await openPlaces();
const designs = ["one after another", "in turn"] as const;
const found = new Map<string, Ratios>();
const carried: number[] = [];
const settled = new Map<string, number[]>();
try {
  for (const { link, placement } of places) await measureInTurn(four(placement), link);
  for (let block = 0; block < blocks; block++) {
    for (const place of prng.shuffle(places)) {
      for (const design of prng.shuffle(designs)) await compare(place, design);
      if (place.name === "process, same core") await carryOver(place);
      if (place.name === "process, two cores") await readBefore(place);
    }
  }
} finally {
  for (const link of new Set(places.map(({ link }) => link))) await link.close();
}
await Deno.writeTextFile(options.out, await report());

async function openPlaces(): Promise<Place[]> {
  const given = { catalog, clock: systemClock, modules: [], directory: directory.path };
  const [loop, other] = [await openPeer("loop", given), await openPeer("process", given)];
  const pinning = findPinning();
  const [first, second] = pinning.available ? pinning.cores : [];
  const place = (name: string, link: PeerLink, peer: PeerKind, pin: Pin, serve?: number) => ({
    name,
    link,
    placement: {
      peer,
      pin,
      ...(pin !== "none" && { cores: { drive: first!, serve: serve! } }),
    },
  });
  return [
    place("loop", loop, "loop", "none"),
    ...(first === undefined ? [] : [place("process, same core", other, "process", "same", first)]),
    ...(second === undefined
      ? []
      : [place("process, two cores", other, "process", "cross", second)]),
    place("process, not pinned", other, "process", "none"),
  ];
}

function cell(transport: string, name: string, placement: Placement): Case {
  return {
    id: name,
    scenario: "slices",
    transport,
    params: { bytes: 64 },
    fixed: { nagle: "off" },
    workload: "ping-pong",
    budget: BUDGET,
    expectedNs: MEASURE_NS,
    placement,
  };
}

function four(placement: Placement): Case[] {
  return prng.shuffle([
    cell("tcp", "tcp a", placement),
    cell("tcp", "tcp b", placement),
    cell("unix", "unix a", placement),
    cell("unix", "unix b", placement),
  ]);
}

function setupOf(c: Case, link: PeerLink, workload: Workload = pingPong): TrialSetup {
  const transport = catalog.transports.get(c.transport)!;
  return { case: c, transport, workload, link, clock: systemClock, directory: directory.path };
}

async function measureInTurn(cases: readonly Case[], link: PeerLink): Promise<TrialOutcome[]> {
  const outcomes = await runBlock(cases.map((c) => setupOf(c, link)), 0);
  return outcomes.map((outcome) => ({ ...checked(outcome), block: 1 }));
}

async function measureApart(cases: readonly Case[], link: PeerLink): Promise<TrialOutcome[]> {
  const outcomes: TrialOutcome[] = [];
  for (const c of cases) outcomes.push(checked(await runTrial(setupOf(c, link))));
  return outcomes;
}

function checked(outcome: TrialOutcome): TrialOutcome {
  if (outcome.error !== undefined) throw new Error(`${outcome.case}: ${outcome.error.message}`);
  return outcome;
}

/** By the engine that reports use. */
function logRatio(outcomes: readonly TrialOutcome[], one: string, base: string): number {
  const trials = outcomes.map((outcome, order): Trial => ({
    ...outcome,
    round: 1,
    order,
    startedNs: order,
  }));
  const values = trialValues({ trials } as unknown as Parameters<typeof trialValues>[0]);
  const ratio = orientedRatio(values.of(one, "p50"), values.of(base, "p50"), { better: "lower" });
  return Math.log(ratio!.ratio);
}

async function compare({ name, placement, link }: Place, design: typeof designs[number]) {
  const measure = design === "in turn" ? measureInTurn : measureApart;
  const outcomes = await measure(four(placement), link);
  const key = `${name}|${design}`;
  const ratios = found.get(key) ?? { same: [], real: [] };
  found.set(key, ratios);
  ratios.same.push(
    logRatio(outcomes, "tcp b", "tcp a"),
    logRatio(outcomes, "unix b", "unix a"),
  );
  ratios.real.push(logRatio(outcomes, "unix a", "tcp a"));
}

/** A case alone, among six, and alone again: the machine's drift falls on both sides. */
async function carryOver({ placement, link }: Place): Promise<void> {
  const alone = [cell("tcp", "tcp a", placement)];
  const others = ["unix", "udp", "unixpacket", "unix", "udp"];
  const six = [...alone, ...others.map((id, index) => cell(id, `${id} ${index}`, placement))];
  const p50 = async (cases: readonly Case[]) => {
    const outcomes = await measureInTurn(prng.shuffle(cases), link);
    const own = outcomes.find((outcome) => outcome.case === "tcp a")!;
    return metricValue({ ...own, round: 1, order: 0, startedNs: 0 }, "p50")!;
  };
  const before = await p50(alone);
  const among = await p50(six);
  const after = await p50(alone);
  carried.push(Math.log(among) - (Math.log(before) + Math.log(after)) / 2);
}

/** The workload in one piece, with a pause of work between the reading of evidence and what is measured. */
function settling(settleNs: number): Workload {
  return {
    ...pingPong,
    async drive(context) {
      const session = await pingPong.open!(context);
      await context.begin();
      const [apart, exchange] = [new Histogram(), new Histogram()];
      if (settleNs > 0) {
        await session.slice({ leadIn: 1, sliceNs: settleNs }, {
          exchange: apart,
          afterPause: apart,
        });
      }
      const measured = await session.slice({ leadIn: 1, sliceNs: MEASURE_NS }, {
        exchange,
        afterPause: apart,
      });
      await context.end();
      await session.close();
      return { ...measured, histograms: { exchange } };
    },
  };
}

async function readBefore({ placement, link }: Place): Promise<void> {
  for (const transport of ["tcp", "unix"]) {
    for (const settleNs of prng.shuffle(SETTLE_NS)) {
      const setup = setupOf(cell(transport, transport, placement), link, settling(settleNs));
      const outcome = checked(await runTrial(setup));
      const key = `${transport}|${settleNs}`;
      const value = metricValue({ ...outcome, round: 1, order: 0, startedNs: 0 }, "p50")!;
      settled.set(key, [...settled.get(key) ?? [], value]);
    }
  }
}

async function report(): Promise<string> {
  const percent = (share: number) => `${(100 * share).toFixed(share < 0.01 ? 2 : 1)} %`;
  const after = await readLoad();
  const rows = places.flatMap(({ name }) =>
    designs.map((design) => {
      const { same, real } = found.get(`${name}|${design}`)!;
      return `| ${name} | ${design} | ${percent(deviation(same))} | ${
        percent(robustDeviation(same))
      } | ${Math.exp(median(real)).toFixed(3)} | ${percent(halfWidth(real))} |`;
    })
  );
  const { estimate, low, high, n } = medianInterval(carried.length > 0 ? carried : [0]);
  const bias = ["tcp", "unix"].map((transport) => {
    const base = settled.get(`${transport}|${SETTLE_NS.at(-1)}`);
    const cells = SETTLE_NS.map((ns) => {
      const own = settled.get(`${transport}|${ns}`);
      if (own === undefined || base === undefined) return "–";
      const ratio = medianInterval(own.map((value, index) => Math.log(value / base[index]!)));
      const [mid, from, to] = [ratio.estimate, ratio.low, ratio.high].map((log) =>
        `${(100 * Math.expm1(log)).toFixed(1)}`
      );
      return `${(median(own) / 1e3).toFixed(1)} µs (${mid} % [${from}, ${to}])`;
    });
    return `| ${transport} | ${cells.join(" | ")} |`;
  });
  return [
    "# Taking turns, against one after another",
    "",
    `${describeMachine(environment).join(" · ")} · ${
      new Date().toISOString().slice(0, 16)
    } UTC · load average ${loadBefore} at the start, ${after} at the end`,
    ...(Math.max(Number(loadBefore), Number(after)) > 2
      ? [
        "",
        "> The machine had other work: these figures are provisional, and absolute ones say nothing.",
      ]
      : []),
    "",
    `Repeat it: \`deno task bench:slices --blocks ${blocks}\`. Round trips of 64 B, p50; ${blocks} blocks of each design, all interleaved. In each`,
    "block: tcp twice and unix twice, 30 ms each, one after another or in turns of 2.5 ms; ratios by the engine that reports use.",
    "",
    `| placement | design | A against A, sd of the log ratio | robust sd | unix / tcp, above 1 is better | its 95 % half width at ${WINDOW} blocks |`,
    "| :-- | :-- | --: | --: | --: | --: |",
    ...rows,
    "",
    "## Carry-over",
    "",
    carried.length === 0
      ? "Not measured: threads cannot be pinned here."
      : `tcp among six cases to tcp alone, both ends on one core: ${
        Math.exp(estimate).toFixed(4)
      }× [${Math.exp(low).toFixed(4)}, ${
        Math.exp(high).toFixed(4)
      }] (95 % interval, ${n} triples: alone, among six, alone).`,
    "",
    "## After evidence was read",
    "",
    "Two cores, p50 of 30 ms that begin so long after evidence was read at `begin()`, and against the longest of these pauses.",
    "",
    `| transport | ${SETTLE_NS.map((ns) => `${ns / 1e6} ms`).join(" | ")} |`,
    `| :-- | ${SETTLE_NS.map(() => "--:").join(" | ")} |`,
    ...bias,
    "",
  ].join("\n");
}

/** Of the last minute. */
async function readLoad(): Promise<string> {
  return (await Deno.readTextFile("/proc/loadavg")).split(" ")[0]!;
}

function deviation(values: readonly number[]): number {
  // Around 0: A is A.
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
}

/** Scaled median absolute deviation. */
function robustDeviation(values: readonly number[]): number {
  return 1.4826 * median(values.map(Math.abs));
}

/** Half width of the interval of so many blocks: the median of those that follow one another. */
function halfWidth(values: readonly number[]): number {
  const widths = Array.from({ length: values.length - WINDOW + 1 }, (_, index) => {
    const { low, high } = medianInterval(values.slice(index, index + WINDOW));
    return Math.expm1((high - low) / 2);
  });
  return median(widths);
}
