// Answers in short: for each question what did best here, read off the headline tables and searches.

import type { Placement } from "../../model/placement.ts";
import type { MetricUnit } from "../../units/metric.ts";
import { formatKey, formatKeys } from "../document/format_key.ts";
import type { Row, Table } from "../document/table.ts";
import { type BestSources, type Certainty, findBest } from "./best.ts";
import type { SearchResult } from "./search.ts";

export type AmountRange = Readonly<{ low: number; high: number }>;

/** A Choice is what did best under some conditions. `at`: where, as in `64 B`, empty for one place only; `best`: the best first, then what cannot be told apart; `next`: absent of a search. */
export interface Choice {
  readonly at: readonly string[];
  readonly best: readonly string[];
  readonly certainty: Certainty;
  readonly value: AmountRange;
  readonly next?: AmountRange;
}

/** An Answer is what one table says of its question. `within`: as in `tcp`, empty where all transports take part; `choices`: at least one. */
export interface Answer {
  readonly scenario: string;
  readonly placement: Placement;
  readonly within: string;
  readonly metric: string;
  readonly unit: MetricUnit;
  readonly choices: readonly Choice[];
}

export type AnswerSource = Readonly<
  { scenario: string; placement: Placement; headline?: Table; search: readonly SearchResult[] }
>;

/** One answer for each group of columns to be chosen from; none for a metric of which neither direction is better. */
export function answerQuestions(
  sources: readonly AnswerSource[],
  judged: BestSources,
): readonly Answer[] {
  return sources.flatMap(({ scenario, placement, headline, search }): Answer[] => {
    const metric = headline?.columns[0]?.metric;
    if (headline === undefined || metric === undefined || metric.better === "neither") return [];
    const common = { scenario, placement, metric: metric.title, unit: metric.unit };
    if (search.length > 0) {
      return [{ ...common, within: "", choices: search.map(searchChoice) }];
    }
    return rivalColumns(headline).flatMap(({ within, columns }) => {
      const choices = chooseInRows(headline, columns, within, judged);
      return choices.length === 0 ? [] : [{ ...common, within, choices }];
    });
  });
}

function searchChoice({ group, at, figure: { value }, certainty }: SearchResult): Choice {
  return {
    at: [formatKeys(group)],
    best: [formatKeys(at)],
    certainty,
    value: { low: value, high: value },
  };
}

/** Columns to choose from, by their places: where a transport has several, its settings are; else all are. */
function rivalColumns({ columns }: Table) {
  const transportOf = (index: number) =>
    columns[index]?.keys?.find(({ factor }) => factor === "transport")?.value;
  const groups = Map.groupBy(columns.keys(), (index) => String(transportOf(index) ?? ""));
  const settings = [...groups].filter(([, members]) => members.length > 1);
  if (settings.length > 0) {
    return settings.map(([within, members]) => ({ within, columns: members }));
  }
  return columns.length < 2 ? [] : [{ within: "", columns: [...columns.keys()] }];
}

/** One choice for all rows with the same outcome, in the order of the first of each. */
function chooseInRows(
  table: Table,
  columns: readonly number[],
  within: string,
  judged: BestSources,
): readonly Choice[] {
  const nameOf = (index: number) => {
    const keys = table.columns[index]?.keys ?? [];
    return formatKeys(keys.filter(({ factor }) => within === "" || factor !== "transport"));
  };
  const made = table.rows.flatMap((row) => {
    const choice = chooseInRow(row, table, columns, nameOf, judged);
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
  const whole = (row: Row) => rowLabel(row, row.keys.length);
  const first = ({ keys: [key] }: Row) => key === undefined ? "" : formatKey(key);
  const places = table.keys.length > 1
    ? some.map((row) =>
      all.every((other) => first(other) !== first(row) || some.includes(other))
        ? rowLabel(row, 1)
        : whole(row)
    )
    : isRun(some, all)
    ? [`${whole(some[0] as Row)} to ${whole(some.at(-1) as Row)}`]
    : some.map(whole);
  return [...new Set(places)].filter((place) => place !== "");
}

function isRun(some: readonly Row[], all: readonly Row[]): boolean {
  const start = all.indexOf(some[0] as Row);
  return some.length > 2 && some.every((row, index) => all[start + index] === row);
}

function chooseInRow(
  row: Row,
  table: Table,
  columns: readonly number[],
  nameOf: (index: number) => string,
  judged: BestSources,
): Choice | undefined {
  const metric = table.columns[0]?.metric;
  const rivals = columns.flatMap((index) => {
    const cell = row.cells[index];
    // Figures at sizes of their own do not compete.
    return cell?.kind === "figure" && cell.at === undefined
      ? [{ ...cell, name: nameOf(index) }]
      : [];
  });
  const best = metric === undefined ? undefined : findBest(rivals, metric, judged);
  const own = rivals.find((one) => one.case === best?.case);
  if (metric === undefined || best === undefined || own === undefined) return undefined;
  const sign = metric.better === "lower" ? 1 : -1;
  const others = rivals.filter((one) => one !== own);
  const [next] = others.toSorted((a, b) => sign * (a.value - b.value));
  if (next === undefined) return undefined;
  const level = rivals.filter((one) => best.level.includes(one.case));
  const only = (value: number) => ({ low: value, high: value });
  return {
    at: [],
    best: [own.name, ...level.map(({ name }) => name)],
    certainty: best.certainty,
    value: only(own.value),
    next: only(next.value),
  };
}

/** A size that is the only key of its rows needs no name, nor do words that speak for themselves. */
function rowLabel({ keys }: Row, count: number): string {
  const [only] = keys;
  return keys.length === 1 && only !== undefined && "unit" in only
    ? formatKey(only)
    : formatKeys(keys.slice(0, count));
}

/** More places than this are counted. */
const MAX_PLACES = 4;
/** So are those after so many characters. */
const MAX_CHARACTERS = 64;

/** Where a choice was made, as in `64 B, 1 KiB`; empty where there is one place only. */
export function formatPlaces({ at }: Choice): string {
  const most = at.length > MAX_PLACES ? MAX_PLACES - 1 : MAX_PLACES;
  const shown = at.slice(0, most).filter((_, index) =>
    index === 0 || at.slice(0, index + 1).join(", ").length <= MAX_CHARACTERS
  );
  const rest = at.length - shown.length;
  const separator = shown.some((label) => label.includes(", ")) ? "; " : ", ";
  return shown.join(separator) + (rest === 0 ? "" : `${separator}${rest} more`);
}
