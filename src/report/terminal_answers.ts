/**
 * Answers in short for terminals: one line for each choice.
 *
 * @module
 */

import { type Answer, answerQuestions, type Choice, sayPlaces, sayRange } from "./answers.ts";
import type { Report } from "./document.ts";
import { namePlacement, placementKey } from "./describe_case.ts";
import {
  cutLine,
  padLine,
  plainLine,
  styleText,
  type TerminalLook,
  wrapLine,
} from "../text/terminal_line.ts";
import { displayWidth } from "../text/display_width.ts";

const CAPTION = "Best here, by the median; clear: its 95 % interval overlaps none of the others'";
const GAP = "  ";
const MOST_PROSE = 100;

/**
 * Says for each question of a report what did best, and whether that is clear.
 *
 * @param report The report.
 * @param look Of the terminal; no line is as wide as its columns.
 * @returns The lines; none where there is nothing to choose from.
 */
export function renderAnswers(report: Report, look: TerminalLook): readonly string[] {
  const answers = answerQuestions(report);
  if (answers.length === 0) return [];
  const say = (text: string) => plainLine(text, look.unicode);
  const sayName = namer(answers);
  const rows = answers.flatMap((answer) =>
    answer.choices.map((choice, index): AnswerLine => ({
      name: index === 0 || isSearched(choice) ? say(sayName(answer, choice)) : "",
      best: say(sayChoice(choice)),
      value: say(sayRange(choice.value, answer.unit)),
      isClear: choice.certainty === "clear",
    }))
  );
  return [
    ...wrapLine(say(CAPTION), Math.min(look.columns - 1, MOST_PROSE), look.unicode)
      .map((line) => styleText(line, "dim", look.color)),
    ...drawRows(rows, look),
  ];
}

/** One choice, as it is written. */
interface AnswerLine {
  /** Empty where it is that of the line above. */
  readonly name: string;
  readonly best: string;
  readonly value: string;
  readonly isClear: boolean;
}

const NO_BREAK = "\u00a0";

/** A number and its unit stay on one line. */
function keepUnits(text: string): string {
  return text.replace(/(?<=\d) (?=[KMG]?i?B\b)/g, NO_BREAK);
}

function drawRows(rows: readonly AnswerLine[], look: TerminalLook): readonly string[] {
  const widest = (part: "name" | "best" | "value", most: number) =>
    Math.max(1, Math.min(most, Math.max(...rows.map((row) => displayWidth(row[part])))));
  // The indent, three gaps, and "clear".
  const room = look.columns - 1 - GAP.length * 4 - 5;
  const value = widest("value", Math.floor(room * 0.36));
  const name = widest("name", Math.floor((room - value) * 0.5));
  const best = widest("best", room - value - name);
  const part = (text: string, width: number, align?: "left" | "right") =>
    padLine(cutLine(text, width, look.unicode), width, align);
  return rows.flatMap((row) => {
    const [first = "", ...more] = wrapLine(keepUnits(row.best), best, look.unicode)
      .map((line) => line.replaceAll(NO_BREAK, " "));
    const style = row.isClear ? "green" : "cyan";
    const line = [
      "",
      styleText(part(row.name, name), "bold", look.color),
      styleText(part(first, best), style, look.color),
      part(row.value, value, "right"),
      row.isClear ? "clear" : "open",
    ].join(GAP);
    const indent = " ".repeat(GAP.length * 2 + name);
    return [line, ...more.map((rest) => indent + styleText(rest, style, look.color))];
  });
}

/** Names answers by what tells them apart: by their placement only where there are several, and by the pinning where that is all. */
function namer(answers: readonly Answer[]): (answer: Answer, choice: Choice) => string {
  const isOnePlacement = new Set(answers.map(placementKey)).size === 1;
  const isOnePeer = new Set(answers.map(({ placement }) => placement.peer)).size === 1;
  const pins = { none: "not pinned", same: "same core", cross: "two cores" };
  return ({ scenario, within, placement }, choice) => {
    const where = isOnePlacement ? "" : isOnePeer ? pins[placement.pin] : namePlacement(placement);
    const group = isSearched(choice) ? sayPlaces(choice) : within;
    return [scenario, group, where].filter((part) => part !== "").join(", ");
  };
}

/** The best of each group of a search stands in a line of its own, which the group names. */
function isSearched({ next }: Choice): boolean {
  return next === undefined;
}

/** More names than this are counted: the page has them all. */
const MOST_NAMES = 3;

/** As in `unix or tcp (64 KiB, 1 MiB)`. */
function sayChoice(choice: Choice): string {
  const { best } = choice;
  const names = best.length > MOST_NAMES
    ? [...best.slice(0, MOST_NAMES - 1), `${best.length - MOST_NAMES + 1} more`]
    : best;
  const last = names.at(-1) ?? "";
  const rest = names.slice(0, -1).join(", ");
  const places = isSearched(choice) ? "" : sayPlaces(choice);
  return `${rest === "" ? "" : `${rest} or `}${last}${places === "" ? "" : ` (${places})`}`;
}
