// writeOpenMetrics: a judgement as gauges after the OpenMetrics 1.0 specification, in its base units (seconds, bytes).

import { printable } from "../../text/printable.ts";
import type { Document } from "../document/document.ts";
import { BASE_UNITS } from "../document/format_inline.ts";
import type { JudgedCell, Judgement } from "../document/judgement.ts";
import { measuredCells, turnRatio } from "../document/judgement.ts";
import { judgementOf } from "../document/writer.ts";
import { CELL_VERDICTS, type RatioCell } from "../document/table.ts";

type Labels = Readonly<Record<string, string>>;

/** `unit`: the last part of its name. */
interface Family {
  readonly name: string;
  readonly type: "gauge" | "stateset" | "info";
  readonly unit?: string;
  readonly help: string;
  readonly samples: readonly (readonly [suffix: string, labels: Labels, value: number])[];
}

export function writeOpenMetrics(document: Document): string {
  const judgement = judgementOf(document);
  const families = judgement === undefined ? [] : [
    ...wholeFamilies(judgement),
    verdictFamily(judgement.cells),
    ...ratioFamilies(judgement.cells),
    ...medianFamilies(judgement),
  ].filter(({ samples }) => samples.length > 0);
  return `${families.map(writeFamily).join("")}# EOF\n`;
}

function wholeFamilies({ exitCode, base, head }: Judgement): readonly Family[] {
  return [
    {
      name: "sockbench_gate",
      type: "info",
      help: "What was compared.",
      samples: [["_info", { base, head }, 1]],
    },
    {
      name: "sockbench_gate_exit_code",
      type: "gauge",
      help: "0 pass, 1 regressed, 3 cannot judge.",
      samples: [["", {}, exitCode]],
    },
  ];
}

function verdictFamily(cells: readonly JudgedCell[]): Family {
  const name = "sockbench_gate_verdict";
  return {
    name,
    type: "stateset",
    help: "The verdict of a cell; exactly one state is 1.",
    samples: cells.flatMap((cell) =>
      CELL_VERDICTS.map((verdict) => {
        const labels = { ...labelsOf(cell), rule: cell.rule, [name]: verdict };
        return ["", labels, cell.verdict === verdict ? 1 : 0] as const;
      })
    ),
  };
}

function ratioFamilies(cells: readonly JudgedCell[]): readonly Family[] {
  const compared = cells.flatMap((cell) => {
    const { ratio } = cell;
    return ratio === undefined ? [] : [{ ...cell, labels: labelsOf(cell), ratio }];
  });
  const gauge = (
    name: string,
    help: string,
    valueOf: (cell: typeof compared[number]) => number | undefined,
  ): Family => ({
    name: `sockbench_gate${name}`,
    type: "gauge",
    ...(name.endsWith("_ratio") ? { unit: "ratio" } : {}),
    help,
    samples: compared.flatMap((cell) => {
      const value = valueOf(cell);
      return value === undefined ? [] : [["", cell.labels, value] as const];
    }),
  });
  const turned = (part: "value" | "low" | "high") => ({ ratio }: { readonly ratio: RatioCell }) =>
    turnRatio(ratio[part], ratio.effect);
  const deprecated = "Deprecated: the ratio turned round; above 1 head is worse.";
  const better = "Median ratio; above 1 head is better. Of a share, 1 plus the points gained.";
  const p = "One-sided p-value that head is worse, adjusted for all cells tested.";
  const pairs = "Pairs of trials, or trials of the smaller side, that the verdict rests on.";
  return [
    gauge("_ratio", better, ({ ratio }) => ratio.value),
    gauge("_low_ratio", "Lower bound of the ratio's interval.", ({ ratio }) => ratio.low),
    gauge("_high_ratio", "Upper bound of the ratio's interval.", ({ ratio }) => ratio.high),
    gauge("_slowdown_ratio", deprecated, turned("value")),
    gauge("_slowdown_low_ratio", deprecated, turned("high")),
    gauge("_slowdown_high_ratio", deprecated, turned("low")),
    gauge("_adjusted_p", p, ({ p }) => p),
    gauge("_pairs", pairs, ({ n }) => n),
  ];
}

function medianFamilies(judgement: Judgement): readonly Family[] {
  const measured = measuredCells(judgement);
  return BASE_UNITS.map(({ unit, symbol, divisor }): Family => ({
    name: `sockbench_gate_median_${symbol}`,
    type: "gauge",
    unit: symbol,
    help: "Median across the trials of one side.",
    samples: measured.filter((cell) => cell.unit === unit).flatMap((cell) =>
      (["base", "head"] as const).flatMap((side) => {
        const figure = cell[side];
        return figure === undefined
          ? []
          : [["", { ...labelsOf(cell), side }, figure.value / divisor] as const];
      })
    ),
  }));
}

function labelsOf(cell: JudgedCell): Labels {
  return { case: cell.case, metric: cell.metric };
}

function writeFamily({ name, type, unit, help, samples }: Family): string {
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escapeValue(help)}`,
    ...samples.map(([suffix, labels, value]) => `${name}${suffix}${writeLabels(labels)} ${value}`),
    "",
  ].join("\n");
}

function writeLabels(labels: Labels): string {
  const pairs = Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeValue(printable(value))}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeValue(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
