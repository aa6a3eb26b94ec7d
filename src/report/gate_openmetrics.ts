// OpenMetrics text: verdicts, ratios and medians as gauges, after the OpenMetrics 1.0 specification, for a Pushgateway or
// a node exporter's textfile collector.
//
// Units are the specification's base units (seconds, bytes), each a family of its own whose name ends in the unit.

import { inverseOf } from "../compare/effect.ts";
import type { GateResult, Verdict, VerdictWord } from "../gate/gate_result.ts";
import { METRIC_UNITS, UNITS } from "../units/unit.ts";
import {
  decidingFigures,
  type GateFormat,
  type GateReport,
  measuredCells,
} from "./build/gate_report.ts";
import { printable } from "../text/printable.ts";

/** OpenMetrics text exposition. */
export const gateOpenMetrics: GateFormat = {
  id: "openmetrics",
  extension: "txt",
  title: "OpenMetrics text exposition",
  render: renderOpenMetrics,
};

type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly name: string;
  readonly type: "gauge" | "stateset" | "info";
  /** The name's last part, where there is a unit. */
  readonly unit?: string;
  readonly help: string;
  readonly samples: readonly (readonly [suffix: string, labels: Labels, value: number])[];
}

const VERDICTS: readonly VerdictWord[] = [
  "pass",
  "regressed",
  "improved",
  "inconclusive",
  "new",
  "missing",
  "incomparable",
];

function renderOpenMetrics({ result, base, head }: GateReport): string {
  const families = [
    ...wholeFamilies(result, base, head),
    verdictFamily(result.cells),
    ...ratioFamilies(result.cells),
    ...medianFamilies(result.cells),
  ].filter(({ samples }) => samples.length > 0);
  return `${families.map(writeFamily).join("")}# EOF\n`;
}

function wholeFamilies(result: GateResult, base: string, head: string): readonly Family[] {
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
      samples: [["", {}, result.exitCode]],
    },
  ];
}

function verdictFamily(cells: readonly Verdict[]): Family {
  const name = "sockbench_gate_verdict";
  return {
    name,
    type: "stateset",
    help: "The verdict of a cell; exactly one state is 1.",
    samples: cells.flatMap((cell) =>
      VERDICTS.map((verdict) => {
        const labels = { ...labelsOf(cell), rule: cell.rule, [name]: verdict };
        return ["", labels, cell.verdict === verdict ? 1 : 0] as const;
      })
    ),
  };
}

function ratioFamilies(cells: readonly Verdict[]): readonly Family[] {
  const compared = cells.flatMap((cell) => {
    const { ratio, adjustedP, n } = decidingFigures(cell);
    const { effect = "ratio" } = cell;
    return ratio === undefined ? [] : [{ labels: labelsOf(cell), ratio, effect, adjustedP, n }];
  });
  const PARTS = ["estimate", "low", "high"] as const;
  const suffix = (part: typeof PARTS[number]) => part === "estimate" ? "" : `_${part}`;
  const ratios = PARTS.map((part): Family => ({
    name: `sockbench_gate${suffix(part)}_ratio`,
    type: "gauge",
    unit: "ratio",
    help: part === "estimate"
      ? "Median ratio; above 1 head is better. Of a share, 1 plus the points gained."
      : `${part === "low" ? "Lower" : "Upper"} bound of the ratio's interval.`,
    samples: compared.map(({ labels, ratio }) => ["", labels, ratio[part]]),
  }));
  const opposite = { estimate: "estimate", low: "high", high: "low" } as const;
  const slowdowns = PARTS.map((part): Family => ({
    name: `sockbench_gate_slowdown${suffix(part)}_ratio`,
    type: "gauge",
    unit: "ratio",
    help: "Deprecated: the ratio turned round; above 1 head is worse.",
    samples: compared.map(({ labels, ratio, effect }) => [
      "",
      labels,
      inverseOf(ratio[opposite[part]], effect),
    ]),
  }));
  return [
    ...ratios,
    ...slowdowns,
    {
      name: "sockbench_gate_adjusted_p",
      type: "gauge",
      help: "One-sided p-value that head is worse, adjusted for all cells tested.",
      samples: compared.flatMap(({ labels, adjustedP }) =>
        adjustedP === undefined ? [] : [["", labels, adjustedP] as const]
      ),
    },
    {
      name: "sockbench_gate_pairs",
      type: "gauge",
      help: "Pairs of trials, or trials of the smaller side, that the verdict rests on.",
      samples: compared.map(({ labels, n }) => ["", labels, n]),
    },
  ];
}

function medianFamilies(cells: readonly Verdict[]): readonly Family[] {
  const measured = measuredCells(cells);
  return METRIC_UNITS.map((unit) => [unit, UNITS[unit].openMetrics] as const).map((
    [unit, { symbol, divisor }],
  ): Family => ({
    name: `sockbench_gate_median_${symbol}`,
    type: "gauge",
    unit: symbol,
    help: "Median across the trials of one side.",
    samples: measured.filter((cell) => cell.unit === unit).flatMap((cell) => {
      const sides = [["base", cell.base], ["head", cell.head]] as const;
      return sides.flatMap(([side, summary]) =>
        summary === undefined
          ? []
          : [["", { ...labelsOf(cell), side }, summary.median / divisor] as const]
      );
    }),
  }));
}

function labelsOf(cell: Verdict): Labels {
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
  const pairs = Object.entries(labels);
  if (pairs.length === 0) return "";
  return `{${
    pairs.map(([name, value]) => `${name}="${escapeValue(printable(value))}"`).join(",")
  }}`;
}

function escapeValue(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
