/**
 * Answers in short as Markdown.
 *
 * @module
 */

import { type Answer, CERTAINTY_WORDS, type Choice, sayPlaces, sayRange } from "./answers.ts";
import { codeName, escapeMarkdown } from "../text/escape_markdown.ts";
import { type MarkdownColumn, markdownTable } from "../text/markdown_table.ts";
import { namePlacement, placementKey } from "./describe_case.ts";

const COLUMNS: readonly MarkdownColumn[] = [
  { heading: "question", align: "left" },
  { heading: "best here", align: "left" },
  { heading: "at", align: "left" },
  { heading: "median", align: "right" },
  { heading: "next best", align: "right" },
  { heading: "how sure", align: "left" },
];

/**
 * The answers as a table.
 *
 * @param answers The answers.
 * @returns Blocks of lines; none for no answers.
 */
export function renderAnswerTable(answers: readonly Answer[]): readonly (readonly string[])[] {
  if (answers.length === 0) return [];
  const isOnePlacement = new Set(answers.map(placementKey)).size === 1;
  const caption =
    "What did best here, by its median. Clear: its 95 % interval overlaps none of the others'.";
  const rows = answers.flatMap((answer) =>
    answer.choices.map((choice, index) => [
      index === 0 ? sayQuestion(answer, isOnePlacement) : "",
      ...sayChoice(choice, answer),
    ])
  );
  return [[caption], markdownTable(COLUMNS, rows)];
}

/** As in `nagle over tcp (p50)`: the questions stand at their sections. */
function sayQuestion(answer: Answer, isOnePlacement: boolean): string {
  const { scenario, within, metric, placement } = answer;
  const over = within === "" ? "" : ` over ${codeName(within)}`;
  const where = isOnePlacement ? "" : `, ${namePlacement(placement)}`;
  return `${codeName(scenario)}${over} (${escapeMarkdown(metric)}${where})`;
}

function sayChoice(choice: Choice, { unit }: Answer): readonly string[] {
  const { best, certainty, value, next } = choice;
  const names = best.map((name) =>
    certainty === "clear" ? `**${codeName(name)}**` : codeName(name)
  );
  const last = names.at(-1) ?? "";
  return [
    names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`,
    escapeMarkdown(sayPlaces(choice)),
    sayRange(value, unit),
    next === undefined ? "–" : sayRange(next, unit),
    CERTAINTY_WORDS[certainty],
  ];
}
