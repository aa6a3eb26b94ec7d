// The report of one job of `ab` over several runtimes or releases: which is best for which job, a chart, and every figure.

import type { BestSubject } from "../../../src/gate/best_subject.ts";
import type { Verdict } from "../../../src/gate/gate_result.ts";
import type { Case } from "../../../src/model/case.ts";
import { factOf } from "../../../src/model/environment.ts";
import { describeMachine } from "../../../src/model/format_fact.ts";
import type { RunRecord } from "../../../src/model/run_record.ts";
import { drawFigure } from "../../../src/report/chart/build_charts.ts";
import type { ForestData } from "../../../src/report/chart/forest_chart.ts";
import { type MarkdownColumn, markdownTable } from "../../../src/text/markdown_table.ts";
import { formatEstimate } from "../../../src/units/format_change.ts";
import { formatAmount, formatSize } from "../../../src/units/format_quantity.ts";

/** A subject of a job: as its binary calls itself, and what was compared with base; base itself has no cells. */
export interface Subject {
  readonly name: string;
  readonly cells: readonly Verdict[];
}

/** A job of `ab` as its files have it: base first. `best` names subjects as `subjects` do. */
export interface Job {
  readonly subjects: readonly Subject[];
  readonly best: readonly BestSubject<string>[];
  readonly record: RunRecord;
}

interface JobFile {
  readonly base: string;
  readonly best?: readonly BestSubject<string>[];
  readonly heads?: readonly { readonly head: string; readonly cells: readonly Verdict[] }[];
}

/** A job of its `ab.json` and of the records of its sides, base first; one head alone has no `best`, which follows from its verdicts. */
export function readJob(json: string, records: readonly RunRecord[]): Job {
  const file = JSON.parse(json) as JobFile;
  const heads = file.heads ?? [JSON.parse(json) as NonNullable<JobFile["heads"]>[number]];
  const names = new Map(
    records.map((record, index) => [
      index === 0 ? file.base : heads[index - 1]!.head,
      nameOf(record),
    ]),
  );
  const rename = (label: string) => names.get(label) ?? label;
  const best = file.best ??
    heads[0]!.cells.flatMap((cell) => bestOfTwo(file.base, heads[0]!.head, cell));
  return {
    subjects: [
      { name: rename(file.base), cells: [] },
      ...heads.map(({ head, cells }) => ({ name: rename(head), cells })),
    ],
    best: best.map((one) => ({
      ...one,
      ...(one.best !== undefined && { best: rename(one.best) }),
      candidates: one.candidates.map(rename),
    })),
    record: records[0]!,
  };
}

function bestOfTwo(base: string, head: string, cell: Verdict): BestSubject<string>[] {
  if (cell.ratio === undefined) return [];
  const { case: id, metric, headline, verdict } = cell;
  const best = { improved: head, regressed: base }[verdict as string];
  return [{
    case: id,
    metric,
    headline,
    ...(best === undefined ? { candidates: [base, head] } : { best, candidates: [best] }),
  }];
}

/** As in `Node 26.12.1`: what the binary says of itself. */
function nameOf({ environment }: RunRecord): string {
  for (const [fact, title] of [["bun", "Bun"], ["node", "Node"]] as const) {
    const version = factOf(environment, fact);
    if (version !== null && version !== undefined) return `${title} ${version}`;
  }
  return `Deno ${factOf(environment, "deno")}`;
}

/** The machine, the commit and the time of a job, as the facts below a title. */
export function describeJob({ record: { environment, startedAt } }: Job): string {
  return [
    ...describeMachine(environment).filter((part) => !part.startsWith("Deno")),
    `${startedAt.slice(0, 16).replace("T", " ")} UTC`,
    `load average ${factOf(environment, "load")} at the start`,
  ].join(" · ");
}

interface Row {
  readonly id: string;
  readonly best: BestSubject<string>;
  /** By subject, base first; undefined where it lacks the case. */
  readonly cells: readonly (Verdict | undefined)[];
}

/** The headlines that some head was compared in, by case. */
function rowsOf({ subjects: [, ...heads], best }: Job): readonly Row[] {
  return best.filter(({ headline }) => headline)
    .map((one) => ({
      id: one.case,
      best: one,
      cells: heads.map(({ cells }) =>
        cells.find((cell) =>
          cell.case === one.case && cell.metric === one.metric && cell.ratio !== undefined
        )
      ),
    }))
    .sort((a, b) => a.id < b.id ? -1 : 1);
}

/** Which subject for which job: the best where one is shown to be, and all of them from the fastest median on. */
export function bestTable(job: Job): string {
  const { subjects, record } = job;
  const [base] = subjects;
  const cases = new Map(record.cases.map((one) => [one.id, one]));
  const rows = rowsOf(job).map(({ id, best, cells }) => {
    const known = cells.find((cell) => cell !== undefined)!;
    const medians = [
      { name: base!.name, value: known.base!.median },
      ...cells.flatMap((cell, index) =>
        cell === undefined ? [] : [{ name: subjects[index + 1]!.name, value: cell.head!.median }]
      ),
    ].sort((a, b) => known.better === "lower" ? a.value - b.value : b.value - a.value);
    return [
      describeCase(id, cases.get(id)),
      best.best === undefined
        ? `none is shown: ${best.candidates.join(" or ")}`
        : `**${best.best}**`,
      medians.map(({ name, value }) => `${name} ${formatAmount(value, known.unit!)}`).join(", "),
    ];
  });
  return markdownTable(textColumns("job", "best", "medians, best first"), rows).join("\n");
}

/** As in `round trips of 64 B over tcp@node`. */
function describeCase(id: string, one: Case | undefined): string {
  if (one === undefined) return `\`${id}\``;
  const { scenario, transport, params: { bytes, ...others } } = one;
  const what = { "round-trip": "round trips", connect: "new connections" }[scenario] ?? scenario;
  const size = typeof bytes === "number" ? ` of ${formatSize(bytes)}` : "";
  const rest = Object.entries(others).map(([name, value]) => `, ${name} ${value}`).join("");
  return `${what}${size} over \`${transport}\`${rest}`;
}

/** Every headline: the median of each subject, and of heads the change against base with its interval. */
export function figureTable(job: Job): string {
  const rows = rowsOf(job).map(({ id, cells }) => {
    const known = cells.find((cell) => cell !== undefined)!;
    return [
      `\`${id}\``,
      formatAmount(known.base!.median, known.unit!),
      ...cells.map((cell) => {
        if (cell === undefined) return "–";
        const stated = { effect: cell.effect!, unit: cell.unit!, better: cell.better! };
        return `${formatAmount(cell.head!.median, cell.unit!)}, ${
          formatEstimate(cell.ratio!, stated)
        }`;
      }),
      String(known.ratio!.n),
    ];
  });
  const names = job.subjects.map(({ name }) => name);
  return markdownTable(columns("case", ...names, "generations"), rows).join("\n");
}

/** Which of the transports asked for have no row, as they were not measured in every subject; undefined where all have one. */
export function describeAbsent(job: Job, transports: readonly string[]): string | undefined {
  const found = new Set(rowsOf(job).map(({ id }) => id.split("/")[1]));
  const absent = transports.filter((one) => !found.has(one)).map((one) => `\`${one}\``);
  return absent.length === 0
    ? undefined
    : `Without a row, as not every subject could be measured over them: ${absent.join(", ")}.`;
}

/** The ratios of all heads against base, case by case, as an SVG; undefined where nothing was compared. */
export function drawJob(job: Job): string | undefined {
  const [base, ...heads] = job.subjects;
  const rows = rowsOf(job).flatMap(({ cells }) =>
    cells.flatMap((cell, index): ForestData["rows"] => {
      if (cell?.ratio === undefined) return [];
      const { case: id, unit, better, verdict, ratio } = cell;
      if (![ratio.low, ratio.high].every(Number.isFinite)) return [];
      // The name of the head takes the place of the metric, which is the headline of each scenario.
      return [{
        case: id,
        metric: heads[index]!.name,
        unit: unit!,
        better: better!,
        verdict,
        ratio,
      }];
    })
  );
  if (rows.length === 0) return undefined;
  const data: ForestData = { kind: "forest", effect: "ratio", paired: true, rows };
  return drawFigure({
    kind: "figure",
    id: "runtimes",
    scenario: null,
    placement: null,
    common: [`against ${base!.name}`, "paired by generation of processes"],
    operation: "",
    data,
  }).svg;
}

/** The first names rows, the others hold figures. */
export function columns(...headings: readonly string[]): MarkdownColumn[] {
  return headings.map((heading, index) => ({ heading, align: index === 0 ? "left" : "right" }));
}

function textColumns(...headings: readonly string[]): MarkdownColumn[] {
  return headings.map((heading) => ({ heading, align: "left" }));
}
