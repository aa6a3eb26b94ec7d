/**
 * What the reports of the study's runs claim, and the study's own report.
 *
 * @module
 */

import { describeMachine } from "../../../src/model/format_fact.ts";
import { factOf } from "../../../src/model/environment.ts";
import type { RunRecord } from "../../../src/model/run_record.ts";
import { buildRecordDocument } from "../../../src/report/build/record_document.ts";
import { wilson } from "../../../src/stats/mod.ts";
import { SLOWDOWN, SLOWED } from "./twins.ts";

/** What a report claims. */
export interface Claims {
  /** Findings that say that a transport is faster or slower than another; of each the cases that it names. */
  readonly findings: readonly (readonly string[])[];
  /** Cells called best. */
  readonly best: number;
  /** Comparisons that were made. */
  readonly comparisons: number;
  /** How many times as long the slowed transport takes in its headline, by case; 1 where nothing was slowed. */
  readonly slowdowns: readonly {
    readonly case: string;
    readonly ratio: number;
    readonly found: boolean;
  }[];
}

/** Reads the claims off the Document that every format of a report is written from. */
export function readClaims(record: RunRecord): Claims {
  const { blocks, data } = buildRecordDocument(record);
  const items = blocks.flatMap((block) =>
    block.kind === "list" && block.role === "findings" ? block.items : []
  ).filter(({ sort }) => sort === "difference");
  // A request on a connection of its own is slower than one over a kept one, whatever the transport is called: no claim about transports.
  const isOfOneScenario = (cases: readonly string[]) =>
    new Set(cases.map((id) => id.split("/")[0])).size === 1;
  const findings = items.map(({ cases = [] }) => cases).filter(isOfOneScenario);
  const cells = blocks.flatMap((block) => block.kind === "table" ? block.rows : [])
    .flatMap(({ cells }) => cells);
  const compared = data!.comparisons as readonly {
    readonly case: string;
    readonly metric: { readonly id: string };
    readonly scenario: string;
    readonly factor: string;
    readonly ratio: number;
  }[];
  const headlineOf = (id: string) =>
    record.scenarios.find((spec) => spec.id === id)?.contrasts[0]?.metric;
  return {
    findings,
    best: cells.filter((cell) => cell?.kind === "figure" && cell.mark === "best").length,
    comparisons: compared.length,
    slowdowns: compared
      .filter((one) =>
        one.factor === "transport" && isOfSlowed(one.case) &&
        headlineOf(one.scenario) === one.metric.id
      )
      .map((one) => ({
        case: one.case,
        ratio: 1 / one.ratio,
        found: findings.some((cases) => cases.includes(one.case)),
      })),
  };
}

const isOfSlowed = (caseId: string) => caseId.split("/")[1] === SLOWED;

/** Whether a study holds: not a word of identical transports, and of the slowed one a finding in every run, about no other. */
export function holds(same: readonly Claims[], slowed: readonly Claims[]): boolean {
  return same.every(({ findings, best }) => findings.length === 0 && best === 0) &&
    slowed.every(({ findings }) =>
      findings.length > 0 && findings.every((cases) => cases.some(isOfSlowed))
    );
}

/** The study's report, in Markdown. */
export function renderNullStudy(
  same: readonly RunRecord[],
  slowed: readonly RunRecord[],
  command: string,
): string {
  const [ours, theirs] = [same.map(readClaims), slowed.map(readClaims)];
  const [first] = same;
  if (first === undefined) throw new RangeError("a study needs a run");
  const loads = [...same, ...slowed].map(({ environment }) => Number(factOf(environment, "load")));
  const [low, high] = [Math.min(...loads), Math.max(...loads)];
  const any = ours.filter(({ findings, best }) => findings.length > 0 || best > 0).length;
  const { low: from, high: to } = wilson(any, ours.length);
  const compared = ours.reduce((sum, { comparisons }) => sum + comparisons, 0);
  const busy = high > navigator.hardwareConcurrency / 2
    ? ["> The machine had other work: the figures are provisional.", ""]
    : [];
  return [
    "# Identical transports under other names",
    "",
    `${describeMachine(first.environment).join(" · ")} · ${
      first.startedAt.slice(0, 16)
    } UTC · load average ${low} to ${high} as the runs began`,
    "",
    ...busy,
    `Repeat it: \`${command}\`. Each run compares tcp with three transports that are tcp under other names, over ${first.cases.length} cases and ${first.settings.rounds} rounds, by the engine and the words of every report; in the last runs \`${SLOWED}\` burns ${
      100 * SLOWDOWN
    } % of each operation's own time on top of it.`,
    "",
    `Of ${ours.length} runs of identical transports ${any} claim a difference or a best (95 % Wilson interval ${
      percent(from)
    } to ${percent(to)}), over ${compared} comparisons. ${
      theirs.filter(({ findings }) => findings.length > 0).length
    } of ${theirs.length} runs with a slowed one find it.`,
    "",
    "| run | comparisons | findings | best |",
    "| :-- | --: | --: | --: |",
    ...ours.map((claims, index) => row(`identical ${index + 1}`, claims)),
    ...theirs.map((claims, index) => row(`one slowed ${index + 1}`, claims)),
    "",
    `| run | case of \`${SLOWED}\` | takes, times as long as tcp | found |`,
    "| :-- | :-- | --: | :-- |",
    ...theirs.flatMap(({ slowdowns }, index) =>
      slowdowns.map(({ case: id, ratio, found }) =>
        `| one slowed ${index + 1} | ${id} | ${ratio.toFixed(3)} | ${found ? "yes" : "no"} |`
      )
    ),
    "",
    holds(ours, theirs) ? "The study holds." : "**The study does not hold.**",
    "",
  ].join("\n");
}

function row(name: string, { comparisons, findings, best }: Claims): string {
  return `| ${name} | ${comparisons} | ${findings.length} | ${best} |`;
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
