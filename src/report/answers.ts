/**
 * Answers in short: for each question what did best here, and whether its interval is clear of the others'.
 *
 * They are read off the comparative tables and searches, so that nothing is said here that does not stand there.
 *
 * @module
 */

import { CONFIDENCE } from "../compare/summarize.ts";
import type { MetricUnit } from "../units/metric.ts";
import type { Placement } from "../model/placement.ts";
import type { Cell, Column, Report, Row, SearchResult, Table } from "./document.ts";
import { chooseScale, formatAmount } from "../units/format_quantity.ts";
import { findClearBest, nameLabel, spanOf } from "./tables.ts";

/** How far an answer holds: its interval overlaps no other; overlaps some; other cells of a search cannot be told apart from it; too few trials for intervals. */
export type Certainty = "clear" | "overlap" | "level" | "few trials";

/** Values of one kind from the smallest to the largest. */
export interface AmountRange {
  /** Smallest median. */
  readonly low: number;
  /** Largest median; the same where there is one. */
  readonly high: number;
}

/** A Choice is what did best under some conditions. */
export interface Choice {
  /** Where the choice was made, as in `64 B`; empty where there is one place only. */
  readonly at: readonly string[];
  /** What did best by its median, and after it what cannot be told apart from it. */
  readonly best: readonly string[];
  /** How far it holds. */
  readonly certainty: Certainty;
  /** Best medians. */
  readonly value: AmountRange;
  /** Second best medians; absent of a search. */
  readonly next?: AmountRange;
}

/** An Answer is what one table says of its question. */
export interface Answer {
  /** The scenario. */
  readonly scenario: string;
  /** Its question. */
  readonly question: string;
  /** Where the two ends ran. */
  readonly placement: Placement;
  /** What the choice is within, as in `tcp`; empty where all transports take part. */
  readonly within: string;
  /** Title of the metric. */
  readonly metric: string;
  /** Unit of the values. */
  readonly unit: MetricUnit;
  /** At least one. */
  readonly choices: readonly Choice[];
}

/**
 * Answers the questions of a report that ask for a choice.
 *
 * @param report The report.
 * @returns One answer for each group of columns that stand side by side to be chosen from; none for a metric of which neither
 * direction is better.
 */
export function answerQuestions({ sections }: Pick<Report, "sections">): readonly Answer[] {
  return sections.flatMap(({ scenario, question, placement, comparative, search }): Answer[] => {
    const look = comparative?.columns[0];
    if (comparative === undefined || look === undefined || look.better === "neither") return [];
    const common = {
      scenario,
      question,
      placement,
      metric: comparative.metric ?? "",
      unit: look.unit,
    };
    if (search.length > 0) {
      return [{ ...common, within: "", choices: search.map(searchChoice) }];
    }
    return rivalColumns(comparative).flatMap(({ within, columns }) => {
      const choices = chooseInRows(comparative, columns, within);
      return choices.length === 0 ? [] : [{ ...common, within, choices }];
    });
  });
}

function searchChoice({ group, at, value, tied, confidence }: SearchResult): Choice {
  const say = (parts: SearchResult["group"]) =>
    parts.map(({ name, label }) => name === "transport" ? label : `${name} ${label}`).join(", ");
  return {
    at: [say(group)],
    best: [say(at)],
    certainty: confidence < CONFIDENCE ? "few trials" : tied === 0 ? "clear" : "level",
    value: { low: value, high: value },
  };
}

/** Columns to choose from, by their places: where a transport has several, its settings are; else all are. */
function rivalColumns(
  { columns }: Table,
): readonly { readonly within: string; readonly columns: readonly number[] }[] {
  const groups = Map.groupBy(columns.keys(), (index) => firstPart(columns[index] as Column));
  const settings = [...groups].filter(([, members]) => members.length > 1);
  if (settings.length > 0) {
    return settings.map(([within, members]) => ({ within, columns: members }));
  }
  return columns.length < 2 ? [] : [{ within: "", columns: [...columns.keys()] }];
}

function firstPart({ title }: Column): string {
  return title.split(", ", 1)[0] as string;
}

/** One choice for all rows with the same outcome, in the order of the first of each. */
function chooseInRows(
  table: Table,
  columns: readonly number[],
  within: string,
): readonly Choice[] {
  const nameOf = (index: number) => {
    const { title } = table.columns[index] as Column;
    return within === "" ? title : title.slice(within.length + 2);
  };
  const made = table.rows.flatMap((row) => {
    const choice = chooseInRow(row, table, columns, nameOf);
    return choice === undefined ? [] : [{ row, choice }];
  });
  // Which of those that cannot be told apart came out first is chance: who they are stands for the outcome.
  const outcomes = Map.groupBy(
    made,
    ({ choice }) => JSON.stringify([choice.certainty, choice.best.toSorted()]),
  );
  const rows = made.map(({ row }) => row);
  return [...outcomes.values()].map((same) => ({
    ...same.map(({ choice }) => choice).reduce(joinChoices),
    at: namePlaces(same.map(({ row }) => row), rows, table),
  }));
}

/** Both have the same outcome. */
function joinChoices(one: Choice, other: Choice): Choice {
  const join = (a: AmountRange, b: AmountRange) => ({
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
  });
  return {
    ...one,
    value: join(one.value, other.value),
    ...(one.next === undefined || other.next === undefined
      ? {}
      : { next: join(one.next, other.next) }),
  };
}

/** Labels of some rows: neighbours as a range; the first part alone where all rows that have it are among them. */
function namePlaces(some: readonly Row[], all: readonly Row[], table: Table): readonly string[] {
  const label = (row: Row, parts: number) => rowLabel(row.labels.slice(0, parts), table);
  const whole = (row: Row) => label(row, row.labels.length);
  const places = table.rowTitles.length > 1
    ? some.map((row) =>
      all.every((other) => other.labels[0] !== row.labels[0] || some.includes(other))
        ? label(row, 1)
        : whole(row)
    )
    : isRun(some, all)
    ? [`${whole(some[0] as Row)} to ${whole(some.at(-1) as Row)}`]
    : some.map(whole);
  return [...new Set(places)].filter((place) => place !== "");
}

/** Three neighbours at least. */
function isRun(some: readonly Row[], all: readonly Row[]): boolean {
  const start = all.indexOf(some[0] as Row);
  return some.length > 2 && some.every((row, index) => all[start + index] === row);
}

function chooseInRow(
  row: Row,
  table: Table,
  columns: readonly number[],
  nameOf: (index: number) => string,
): Choice | undefined {
  const better = table.columns[0]?.better ?? "neither";
  const sign = better === "lower" ? 1 : -1;
  const rivals = columns
    .flatMap((index) => {
      const cell = row.cells[index] ?? null;
      return cell === null ? [] : [{ name: nameOf(index), cell }];
    })
    .toSorted((a, b) => sign * (a.cell.value - b.cell.value));
  const [best, ...rest] = rivals;
  const [next] = rest;
  if (best === undefined || next === undefined) return undefined;
  const clear = findClearBest(rivals.map(({ cell }) => cell), better);
  const certainty = rivals.some(({ cell }) => cell.confidence < CONFIDENCE)
    ? "few trials"
    : clear === best.cell
    ? "clear"
    : "overlap";
  const level = certainty === "clear" ? [] : rest.filter(({ cell }) => touch(cell, best.cell));
  const only = (value: number) => ({ low: value, high: value });
  return {
    at: [],
    best: [best.name, ...level.map(({ name }) => name)],
    certainty,
    value: only(best.cell.value),
    next: only(next.cell.value),
  };
}

function touch(a: Cell, b: Cell): boolean {
  const [[lowA, highA], [lowB, highB]] = [spanOf(a), spanOf(b)];
  return lowA <= highB && lowB <= highA;
}

/** A size that is the only label of its row needs no name, nor do words that speak for themselves. */
function rowLabel(labels: readonly string[], { rowTitles }: Table): string {
  return labels.map((label, index) => {
    const isOnlySize = rowTitles.length === 1 && /^\d.*[A-Za-z]$/.test(label);
    return isOnlySize ? label : nameLabel(label, rowTitles[index] ?? "");
  }).filter((label) => label !== "").join(", ");
}

/** More places than this are counted. */
const MOST_PLACES = 4;
/** So are those after so many characters. */
const MOST_CHARACTERS = 64;

/**
 * Where a choice was made.
 *
 * @param choice The choice.
 * @returns As in `64 B, 1 KiB`; empty where there is one place only.
 */
export function sayPlaces({ at }: Choice): string {
  const most = at.length > MOST_PLACES ? MOST_PLACES - 1 : MOST_PLACES;
  const shown = at.slice(0, most).filter((_, index) =>
    index === 0 || at.slice(0, index + 1).join(", ").length <= MOST_CHARACTERS
  );
  const rest = at.length - shown.length;
  const separator = shown.some((label) => label.includes(", ")) ? "; " : ", ";
  return shown.join(separator) + (rest === 0 ? "" : `${separator}${rest} more`);
}

/**
 * A range of values in few words.
 *
 * @param range The range.
 * @param unit Its unit.
 * @returns As in `15.8 to 17.5 µs`, or one amount where both ends read alike.
 */
export function sayRange({ low, high }: AmountRange, unit: MetricUnit): string {
  const [from, to] = [formatAmount(low, unit), formatAmount(high, unit)];
  if (from === to) return to;
  const { symbol } = chooseScale([low], unit);
  return symbol !== "" && symbol === chooseScale([high], unit).symbol
    ? `${from.slice(0, -symbol.length - 1)} to ${to}`
    : `${from} to ${to}`;
}

/** What a certainty means, in few words. */
export const CERTAINTY_WORDS: Readonly<Record<Certainty, string>> = {
  clear: "clear",
  overlap: "open: intervals overlap",
  level: "open: others do as well",
  "few trials": "open: too few trials",
};
