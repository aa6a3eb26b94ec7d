// Answers in short, as the one line that answers and as a table: what to use, for what, and what this run cannot decide.

import { namePlacement, placementKey } from "../document/format_key.ts";
import { type Inline, name, phrase, text } from "../document/inline.ts";
import type { Cell, Row, Table } from "../document/table.ts";
import { groupBy } from "../group_by.ts";
import { type AmountRange, type Answer, type Choice, formatPlaces } from "./answers.ts";
import type { Certainty } from "./best.ts";
import { column, table } from "./blocks.ts";
import { placeKey } from "./keys.ts";

/** Answers that the line gives at most, and undecided questions: the table has them all. */
const MAX_ANSWERS = 6;
const MAX_UNDECIDED = 4;

type Part = { readonly answer: Answer; readonly choice: Choice };

/** What the answers of each scenario's first placement come to, in one sentence; `undefined` where there is nothing to choose from. */
export function buildAnswerLine(
  answers: readonly Answer[],
  rounds: number,
): readonly Inline[] | undefined {
  const first = answers.filter(({ scenario, placement }) =>
    placementKey({ placement }) ===
      placementKey(answers.find((one) => one.scenario === scenario) ?? { placement })
  );
  const parts = first.flatMap((answer) =>
    answer.choices.map((choice): Part => ({ answer, choice }))
  );
  if (parts.length === 0) return undefined;
  const clear = parts.filter(({ choice }) => choice.certainty === "clear");
  const open = [
    ...groupBy(
      parts.filter(({ choice }) => choice.certainty !== "clear"),
      ({ answer, choice }) => JSON.stringify([answer.scenario, groupOf(answer, choice)]),
    ).values(),
  ];
  const placements = [...new Set(first.map(({ placement }) => namePlacement(placement)))];
  const undecided = open.slice(0, MAX_UNDECIDED).map(([part]) => subjectOf(part));
  const rest = open.length - undecided.length;
  const isOpen = clear.length === 0 ? "Undecided: " : "; undecided: ";
  const more = text(rest > 0 ? ` and ${rest} more` : "");
  const tell = text(` (more rounds would tell: --rounds ${2 * rounds})`);
  return [
    ...useBest(clear),
    ...(open.length === 0 ? [] : phrase`${isOpen}${join(undecided, ", ")}${more}${tell}`),
    text(`. Placement: ${placements.join(", ")}.`),
  ];
}

/** As in `Use unix for round-trip, connect and throughput at 1 KiB; nagle off for nagle over tcp`. */
function useBest(clear: readonly Part[]): readonly Inline[] {
  const byBest = [...groupBy(clear, ({ choice }) => choice.best[0] ?? "").values()]
    .sort((a, b) => b.length - a.length);
  const shown = byBest.slice(0, MAX_ANSWERS);
  const rest = byBest.length - shown.length;
  return [
    ...shown.flatMap((parts, index) => {
      const best = name(parts[0].choice.best[0] ?? "");
      return phrase`${index === 0 ? "Use " : "; "}${best} for ${join(parts.map(subjectOf), ", ")}`;
    }),
    ...(rest > 0 ? [text(`; and ${rest} more`)] : []),
  ];
}

function groupOf({ within }: Answer, { next, at }: Choice): string {
  return next === undefined ? at.join(", ") : within;
}

/** As in `nagle over tcp at write-write-read`. */
function subjectOf({ answer, choice }: Part): readonly Inline[] {
  const group = groupOf(answer, choice);
  const isWhole = choice.next === undefined || answer.choices.length === 1;
  const places = isWhole ? "" : formatPlaces(choice);
  return [
    name(answer.scenario),
    ...(group === "" ? [] : phrase` over ${name(group)}`),
    ...(places === "" ? [] : phrase` at ${places}`),
  ];
}

function join(parts: readonly (readonly Inline[])[], separator: string): readonly Inline[] {
  return parts.flatMap((part, index) => index === 0 ? part : [text(separator), ...part]);
}

const CERTAINTY_WORDS: Readonly<Record<Certainty, string>> = {
  clear: "clear",
  level: "open: others may do as well",
  "few rounds": "open: too few rounds",
};

const CAPTION =
  "What did best here. Clear: it beat each of the others, round by round (95 % for all of them together). Open: it did not.";

/** The answers as a table: one row a choice, the question in the first of each; `undefined` for no answers. */
export function answerTable(answers: readonly Answer[]): Table | undefined {
  if (answers.length === 0) return undefined;
  const isOnePlacement = new Set(answers.map(placementKey)).size === 1;
  const nameAnswer = namer(answers);
  return table({
    role: "answers",
    caption: [text(CAPTION)],
    noun: "answer",
    common: isOnePlacement && answers[0] !== undefined ? [placeKey(answers[0].placement)] : [],
    columns: [
      column("question", "question", "words"),
      column("best", "best here", "words"),
      column("at", "at", "words"),
      column("median", "median"),
      column("next", "next best"),
      column("sure", "how sure", "words"),
    ],
    rows: answers.flatMap((answer) =>
      answer.choices.map((choice, index): Row => ({
        keys: [],
        name: index === 0 || choice.next === undefined ? nameAnswer(answer, choice) : "",
        cells: choiceCells(answer, choice, index === 0, isOnePlacement),
      }))
    ),
  });
}

function choiceCells(answer: Answer, choice: Choice, isFirst: boolean, isOnePlacement: boolean) {
  const words = (...parts: readonly Inline[]): Cell => ({ kind: "words", text: parts });
  const range = (values: AmountRange): Cell =>
    words({ kind: "range", ...values, unit: answer.unit });
  const { best, certainty, value, next } = choice;
  return [
    words(...(isFirst ? describeQuestion(answer, isOnePlacement) : [])),
    words({ kind: "alternatives", names: best, strong: certainty === "clear" }),
    words(text(formatPlaces(choice))),
    range(value),
    next === undefined ? null : range(next),
    words(text(CERTAINTY_WORDS[certainty])),
  ];
}

/** As in `nagle over tcp (p50)`: the questions stand at their sections. */
function describeQuestion(answer: Answer, isOnePlacement: boolean): readonly Inline[] {
  const { scenario, within, metric, placement } = answer;
  const words = [metric === scenario ? "" : metric, isOnePlacement ? "" : namePlacement(placement)]
    .filter((one) => one !== "").join(", ");
  return [
    { kind: "reference", to: scenario, placement, parts: [name(scenario)] },
    ...(within === "" ? [] : phrase` over ${name(within)}`),
    ...(words === "" ? [] : phrase` (${words})`),
  ];
}

/** Names answers by what tells them apart: by their placement only where there are several, and by the pinning where that is all. */
function namer(answers: readonly Answer[]): (answer: Answer, choice: Choice) => string {
  const isOnePlacement = new Set(answers.map(placementKey)).size === 1;
  const isOnePeer = new Set(answers.map(({ placement }) => placement.peer)).size === 1;
  const pins = { none: "not pinned", same: "same core", cross: "two cores" };
  return ({ scenario, within, placement }, choice) => {
    const where = isOnePlacement ? "" : isOnePeer ? pins[placement.pin] : namePlacement(placement);
    const group = choice.next === undefined ? formatPlaces(choice) : within;
    return [scenario, group, where].filter((part) => part !== "").join(", ");
  };
}
