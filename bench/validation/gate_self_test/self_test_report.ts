/**
 * What a series of jobs says about the gate, in Markdown.
 *
 * @module
 */

import { wilson } from "../../../src/stats/mod.ts";
import type { JobCell, JobResult } from "./job_series.ts";

/** What else the report names. */
export interface SelfTestFacts {
  readonly command: string;
  readonly code: string;
  readonly machine: string;
}

/** Slowdowns that were injected, as in `5%`; the share that a cell must have been slowed by for its verdict to count. */
const VERIFIED_SHARE = 0.2;

function formatInterval(count: number, of: number): string {
  if (of === 0) return "–";
  const { estimate, low, high } = wilson(count, of);
  const [share, from, to] = [estimate, low, high].map((value) => (100 * value).toFixed(1));
  return `${share} % [${from} %, ${to} %]`;
}

const percent = (count: number, of: number) =>
  of === 0 ? "–" : `${(100 * count / of).toFixed(1)} %`;

/** The report. */
export function renderSelfTest(jobs: readonly JobResult[], facts: SelfTestFacts): string {
  const same = jobs.filter(({ kind }) => kind === "same");
  const slowed = Map.groupBy(
    jobs.filter(({ kind }) => kind === "slowed"),
    ({ args }) => args.filter((arg) => /^--(inject|threshold)/.test(arg)).join(" "),
  );
  return [
    "# Self-test of the gate",
    "",
    `${facts.command}, of code ${facts.code}, on ${facts.machine}. Each job is the command as a user writes it, with default cells. ` +
    `Load when jobs began: ${range(jobs.map(({ load }) => load))}; a job took ${
      range(jobs.map(({ tookS }) => tookS))
    } s.`,
    "",
    ...(same.length === 0 ? [] : renderSame(same)),
    ...[...slowed].flatMap(([args, own]) => renderSlowed(args, own)),
    "Seeds, raw p-values and every cell are in the `.job.json` files beside this one.",
    "",
  ].join("\n");
}

function renderSame(jobs: readonly JobResult[]): readonly string[] {
  const count = (code: number) => jobs.filter(({ exitCode }) => exitCode === code).length;
  const tested = jobs.flatMap(({ cells }) => cells).filter(({ pValue }) => pValue !== undefined);
  const headlines = tested.filter(({ headline }) => headline);
  const low = (cells: readonly JobCell[]) => cells.filter(({ pValue }) => pValue! <= 0.05).length;
  const decided = headlines.filter(({ verdict }) => verdict !== "inconclusive").length;
  const moved = jobs.filter(({ control }) => control?.moved).length;
  return [
    "## Nothing had changed",
    "",
    "| exit code | jobs | share, 95 % interval |",
    "|---|--:|---|",
    ...[[0, "passed"], [1, "red"], [3, "not judged"]].map(([code, word]) =>
      `| ${code} ${word} | ${count(code as number)} of ${jobs.length} | ${
        formatInterval(count(code as number), jobs.length)
      } |`
    ),
    "",
    `Headline cells decided: ${decided} of ${headlines.length} (${
      percent(decided, headlines.length)
    }). One-sided p ≤ 0.05: ` +
    `${low(headlines)} of ${headlines.length} headline cells (${
      percent(low(headlines), headlines.length)
    }), ` +
    `${low(tested)} of ${tested.length} of all. The negative control moved in ${moved} jobs.`,
    "",
  ];
}

function renderSlowed(args: string, jobs: readonly JobResult[]): readonly string[] {
  const share = Number(/--inject-slowdown=([\d.]+)%/.exec(args)?.[1]) / 100;
  const cells = jobs.flatMap((job) => job.cells).filter(({ headline, ratio }) => headline && ratio);
  const verified = cells.filter(({ ratio }) =>
    Math.abs(1 / ratio!.estimate - 1 - share) <= VERIFIED_SHARE * share
  );
  const red = (some: readonly JobCell[]) =>
    some.filter(({ verdict }) => verdict === "regressed").length;
  const roundTrips = cells.filter((cell) => cell.case.startsWith("round-trip/"));
  const row = (name: string, some: readonly JobCell[]) =>
    `| ${name} | ${red(some)} of ${some.length} | ${formatInterval(red(some), some.length)} |`;
  return [
    `## ${args}`,
    "",
    `${jobs.filter(({ exitCode }) => exitCode === 1).length} of ${jobs.length} jobs were red.`,
    "",
    "| headline cells | red | share, 95 % interval |",
    "|---|--:|---|",
    row("round trips", roundTrips),
    row("all", cells),
    row("all whose slowdown was measured within a fifth of what was injected", verified),
    "",
  ];
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${Number(low.toPrecision(3))} to ${Number(high.toPrecision(3))}`;
}
