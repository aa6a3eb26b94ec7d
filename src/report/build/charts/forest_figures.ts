// forestFigures: the ratio of every cell of a comparison or a gate, as figures.

import { isAbsolute } from "../../../units/format_change.ts";
import type { Verdict } from "../../../gate/gate_result.ts";
import type { Case } from "../../../model/case.ts";
import type { Figure, ForestData } from "../../document/figure.ts";
import { namePlacement, placementKey } from "../../document/format_key.ts";
import { statedOf } from "../judgement.ts";
import { groupBy } from "../../group_by.ts";
import { partName, slug } from "./chart_context.ts";
import { splitEvenly } from "./panels.ts";
import { numberIds } from "../figures.ts";

/** More rows than this are told apart with effort: they go into a further chart. */
const MAX_ROWS = 48;

type Row = ForestData["rows"][number];

interface ForestSources {
  readonly cells: readonly Verdict[];
  readonly paired: boolean;
  /** The cases of head (or base), for their placement; empty: charts do not state it. */
  readonly cases: readonly Case[];
}

/**
 * The ratio of every cell with interval and threshold, worst first. One figure per placement and kind of effect, more where the
 * cells are many; empty where nothing was compared.
 */
export function forestFigures({ cells, paired, cases }: ForestSources): readonly Figure[] {
  const known = new Map(cases.map((one) => [one.id, one]));
  const rows = cells.flatMap((cell) => rowOf(cell) ?? [])
    .sort((a, b) => a.row.ratio.estimate - b.row.ratio.estimate);
  const groups = groupBy(rows, ({ row, effect }) => {
    const one = known.get(row.case);
    return `${effect} ${one === undefined ? "" : placementKey(one)}`;
  });
  return numberIds([...groups.values()].flatMap((group) => {
    const [{ effect, row: first }] = group;
    const placement = known.get(first.case)?.placement ?? null;
    const where = placement === null ? "" : namePlacement(placement);
    const parts = splitEvenly(group, MAX_ROWS);
    return parts.map((part, index): Figure => {
      const name = partName(index, parts.length);
      return {
        kind: "figure",
        id: slug("compare", "forest", effect === "ratio" ? "" : effect, where, name),
        scenario: null,
        placement,
        common: [where, paired ? "paired by round" : "trials not paired", name]
          .filter((fact) => fact !== ""),
        operation: "",
        data: { kind: "forest", effect, paired, rows: part.map(({ row }) => row) },
      };
    });
  }));
}

function rowOf(
  cell: Verdict,
): { readonly effect: ForestData["effect"]; readonly row: Row } | undefined {
  const { ratio, rule, metric, verdict, threshold } = cell;
  const stated = statedOf(cell);
  if (rule !== "slowdown" || stated === undefined || ratio === undefined) return undefined;
  if (![ratio.estimate, ratio.low, ratio.high].every(Number.isFinite)) return undefined;
  const { effect, unit, better } = stated;
  // Bytes and calls have no axis in common with points.
  if (isAbsolute(effect, unit)) return undefined;
  const own = threshold === undefined ? {} : { threshold };
  return { effect, row: { case: cell.case, metric, unit, better, verdict, ratio, ...own } };
}
