// Tables of verdicts: one row a cell, placement included, those that need a reader first.

import type { Verdict } from "../../gate/gate_result.ts";
import type { Case } from "../../model/case.ts";
import { text } from "../document/inline.ts";
import type { Cell, Column, Row, Table, WordsCell } from "../document/table.ts";
import { decidingFigures } from "./gate_report.ts";
import { changeOf, sideFigure } from "./judgement.ts";
import { hoistPlacement } from "./hoist_placement.ts";
import { placeKey } from "./keys.ts";

/** What a table of verdicts needs besides its cells. */
export interface VerdictTableOptions {
  /** The cases of both sides by id, for their placement. */
  readonly cases: ReadonlyMap<string, Case>;
  readonly paired: boolean;
}

const COLUMNS: readonly Column[] = [
  { id: "verdict", title: "verdict", align: "words" },
  { id: "base", title: "base", align: "number" },
  { id: "head", title: "head", align: "number" },
  { id: "change", title: "change", align: "number" },
  { id: "p", title: "adjusted p", align: "number" },
  { id: "n", title: "n", align: "number" },
];

/** Cells with their figures. */
export function verdictTable(
  cells: readonly Verdict[],
  { cases, paired }: VerdictTableOptions,
): Table {
  return hoistPlacement({
    kind: "table",
    role: "cells",
    caption: [],
    noun: "cell",
    intervals: "on demand",
    common: [],
    ...placed(cells, cases, (cell): Omit<Row, "keys"> => ({
      cells: [
        { kind: "verdict", verdict: cell.verdict, reason: cell.reason },
        sideCell(cell, "base"),
        sideCell(cell, "head"),
        changeOf(cell, paired) ?? words(describeLimit(cell)),
        probabilityCell(cell),
        { kind: "count", value: decidingFigures(cell).n },
      ],
    })),
    columns: COLUMNS,
  });
}

/** Keys of cells: case, metric and, where it is known, placement. */
function placed(
  cells: readonly Verdict[],
  cases: ReadonlyMap<string, Case>,
  rowOf: (cell: Verdict) => Omit<Row, "keys">,
): Pick<Table, "keys" | "rows"> {
  const isPlaced = cells.some((cell) => cases.has(cell.case));
  return {
    keys: [
      { factor: "case", title: "case" },
      { factor: "metric", title: "metric" },
      ...(isPlaced ? [{ factor: "placement", title: "placement" }] : []),
    ],
    rows: cells.map((cell): Row => {
      const placement = cases.get(cell.case)?.placement;
      return {
        keys: [
          { factor: "case", value: cell.case },
          { factor: "metric", value: cell.metric },
          ...(!isPlaced ? [] : [placement ? placeKey(placement) : { factor: "placement" }]),
        ],
        ...rowOf(cell),
      };
    }),
  };
}

function sideCell(cell: Verdict, side: "base" | "head"): Cell {
  const { failures } = decidingFigures(cell);
  const failed = failures === undefined
    ? ""
    : `${failures[side].failed} of ${failures[side].trials} failed`;
  return sideFigure(cell, side) ?? words(failed);
}

function describeLimit(cell: Verdict): string {
  const { limit } = cell;
  const { head } = decidingFigures(cell);
  if (limit === undefined) return "";
  const bound = `limit ${limit.bound === "max" ? "at most" : "at least"} ${limit.text}`;
  if (head === undefined || limit.value <= 0) return bound;
  const share = head.median / limit.value - 1;
  return `${bound} (${(100 * Math.abs(share)).toFixed(1)} % ${share < 0 ? "below" : "above"} it)`;
}

function probabilityCell(cell: Verdict): Cell {
  const { adjustedP } = decidingFigures(cell);
  return adjustedP === undefined ? words("") : { kind: "probability", value: adjustedP };
}

/** Cells that have no figures to show, those of one verdict and one reason in one row. */
export function reasonTable(cells: readonly Pick<Verdict, "case" | "metric" | "reason">[]): Table {
  const groups = new Map<string, typeof cells[number][]>();
  for (const cell of cells) {
    const key = JSON.stringify([wordOf(cell), cell.reason]);
    groups.set(key, [...groups.get(key) ?? [], cell]);
  }
  return {
    kind: "table",
    role: "words",
    caption: [],
    noun: "reason",
    intervals: "on demand",
    common: [],
    keys: [],
    columns: [
      { id: "cells", title: "cells", align: "words" },
      { id: "verdict", title: "verdict", align: "words" },
      { id: "why", title: "why", align: "words" },
    ],
    rows: [...groups.values()].map((group): Row => ({
      keys: [],
      cells: [
        {
          kind: "words",
          text: [{ kind: "names", names: group.map((cell) => `${cell.case} ${cell.metric}`) }],
        },
        words(wordOf(group[0]!)),
        { kind: "words", text: [{ kind: "sentence", text: group[0]!.reason }] },
      ],
    })),
  };
}

/** Cells that the policy sets aside have no verdict. */
function wordOf(cell: Pick<Verdict, "case"> & Partial<Pick<Verdict, "verdict">>): string {
  return cell.verdict ?? "ignored";
}

function words(said: string): WordsCell {
  return { kind: "words", text: said === "" ? [] : [text(said)] };
}
