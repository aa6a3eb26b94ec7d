// The one line that answers: what to use, for what, and what this run cannot decide.

import { namePlacement, placementKey } from "../document/format_key.ts";
import { type Inline, name, text } from "../document/inline.ts";
import { groupBy } from "../group_by.ts";
import { type Answer, type Choice, formatPlaces } from "./answers.ts";

/** Answers that the line gives at most, and undecided questions: the table has them all. */
const MAX_ANSWERS = 6;
const MAX_UNDECIDED = 4;

/** One choice with the question that it answers. */
type Part = { readonly answer: Answer; readonly choice: Choice };

/**
 * Says in one sentence what the answers come to, those of the first placement of each scenario; `undefined` where there is
 * nothing to choose from.
 */
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
  return [
    ...useBest(clear),
    ...(open.length === 0 ? [] : [
      text(clear.length === 0 ? "Undecided: " : "; undecided: "),
      ...join(undecided, ", "),
      text(rest > 0 ? ` and ${rest} more` : ""),
      text(` (more rounds would tell: --rounds ${2 * rounds})`),
    ]),
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
    ...shown.flatMap((parts, index): readonly Inline[] => [
      text(index === 0 ? "Use " : "; "),
      name(parts[0].choice.best[0] ?? ""),
      text(" for "),
      ...join(parts.map((part) => subjectOf(part)), ", "),
    ]),
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
    ...(group === "" ? [] : [text(" over "), name(group)]),
    ...(places === "" ? [] : [text(` at ${places}`)]),
  ];
}

function join(parts: readonly (readonly Inline[])[], separator: string): readonly Inline[] {
  return parts.flatMap((part, index) => index === 0 ? part : [text(separator), ...part]);
}
