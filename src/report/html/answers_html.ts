/**
 * Answers in short as HTML: one table that a stranger reads first.
 *
 * @module
 */

import { type Answer, CERTAINTY_WORDS, type Choice, sayPlaces, sayRange } from "../answers.ts";
import { oneLine } from "../../text/one_line.ts";
import { namePlacement, placementKey } from "../describe_case.ts";
import { type Html, markup, nameHtml, sentenceHtml } from "./html_text.ts";

/**
 * The answers as a table: a question may have several, each under its own conditions.
 *
 * @param answers The answers.
 * @param id Its id within the page.
 * @param sectionOf The anchor of an answer's part of the page; `undefined` where it has none.
 * @returns Markup; `undefined` for none.
 */
export function answersHtml(
  answers: readonly Answer[],
  id: string,
  sectionOf: (answer: Answer) => string | undefined,
): Html | undefined {
  if (answers.length === 0) return undefined;
  const isOnePlacement = new Set(answers.map(placementKey)).size === 1;
  const caption =
    markup`What did best here, by its median. Clear: its 95 % interval overlaps none of the others’.`;
  return markup`<p class="caption" id="${id}-caption">${caption}</p>
<div class="short scroll" role="group" tabindex="0" aria-labelledby="${id}-caption">
<table id="${id}" aria-labelledby="${id}-caption">
<thead><tr><th scope="col" class="label">question</th><th scope="col" class="label">best here</th>${markup`<th scope="col">median</th><th scope="col">next best</th><th scope="col" class="label">how sure</th></tr></thead>`}
${answers.map((answer) => answerHtml(answer, sectionOf(answer), isOnePlacement))}</table>
</div>
`;
}

function answerHtml(answer: Answer, anchor: string | undefined, isOnePlacement: boolean): Html {
  const { question, within, metric, choices, placement } = answer;
  const words = sentenceHtml(question);
  const details = [
    within === "" ? "" : `over ${oneLine(within)}`,
    oneLine(metric),
    isOnePlacement ? "" : namePlacement(placement),
  ].filter((part) => part !== "").join(" · ");
  const head = markup`<th scope="rowgroup" rowspan="${choices.length}">${
    anchor === undefined ? words : markup`<a href="#${anchor}">${words}</a>`
  } <small>${details}</small></th>`;
  return markup`<tbody>
${
    choices.map((choice, index) =>
      markup`<tr>${index === 0 ? head : undefined}${choiceHtml(choice, answer)}</tr>
`
    )
  }</tbody>
`;
}

function choiceHtml(choice: Choice, { unit }: Answer): Html {
  const { certainty, value, next } = choice;
  const best = choice.best.map((name, index, { length }) =>
    markup`${index === 0 ? "" : index < length - 1 ? ", " : " or "}${nameHtml(name)}`
  );
  const places = sayPlaces(choice);
  return markup`<td class="label">${
    certainty === "clear" ? markup`<strong>${best}</strong>` : best
  }${places === "" ? undefined : markup` <small>${keepUnits(oneLine(places))}</small>`}</td><td>${
    keepUnits(sayRange(value, unit))
  }</td><td>${next === undefined ? "–" : keepUnits(sayRange(next, unit))}</td><td class="label ${
    certainty === "clear" ? "sure" : "open"
  }">${CERTAINTY_WORDS[certainty]}</td>`;
}

/** A number and its unit stay on one line. */
function keepUnits(text: string): string {
  return text.replace(/(?<=\d) (?=\S)/g, "\u00a0");
}
