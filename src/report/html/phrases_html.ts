/**
 * Sentences as HTML: findings, answers of searches, warnings.
 *
 * @module
 */

import type { Finding, Phrase, SearchResult, Warning } from "../document.ts";
import { oneLine, SENTENCE } from "../../text/one_line.ts";
import { chooseScale, formatNumber, formatRatio, withSymbol } from "../../units/format_quantity.ts";
import { phraseSearch, sayBasis } from "../wording.ts";
import { type Html, markup, nameHtml, sentenceHtml } from "./html_text.ts";

/** A warning that concerns more cases than this names the first ones and folds the rest. */
const MOST_CASES = 6;

/**
 * One part of a sentence.
 *
 * @param phrase The part.
 * @returns Markup.
 */
export function phraseHtml(phrase: Phrase): Html {
  switch (phrase.kind) {
    case "text":
      return markup`${phrase.text}`;
    case "name":
      return nameHtml(phrase.text);
    case "ratio": {
      const ratio = `${formatRatio(phrase.ratio, phrase.decimals)}×`;
      return markup`<strong>${phrase.word === "" ? ratio : `${ratio} ${phrase.word}`}</strong>`;
    }
    case "interval": {
      const show = (bound: number) => formatRatio(bound, phrase.decimals);
      return markup`<span class="bounds">[${show(phrase.low)}, ${show(phrase.high)}]</span>`;
    }
    case "amount":
      return amountHtml(phrase);
  }
}

function amountHtml({ value, unit, low, high }: Extract<Phrase, { kind: "amount" }>): Html {
  const scale = chooseScale([value], unit);
  const show = (number: number) => formatNumber(number / scale.divisor, 3);
  const bounds = low === undefined || high === undefined
    ? undefined
    : markup` <span class="bounds">[${show(low)}, ${show(high)}]</span>`;
  // A unit alone on the next line would be taken for a word.
  const amount = withSymbol(show(value), scale).replaceAll(" ", "\u00a0");
  return markup`${amount}${bounds}`;
}

/**
 * A finding as an item of a list.
 *
 * @param finding The finding.
 * @param sectionOf The anchor of a scenario's part of the page; `undefined` where it has none.
 * @returns The item.
 */
export function findingHtml(
  finding: Finding,
  sectionOf: (scenario: string) => string | undefined,
): Html {
  const [first, ...rest] = finding.phrases;
  const lead: Phrase | undefined = first?.kind === "text"
    ? { kind: "text", text: capitalize(first.text) }
    : first;
  const anchor = sectionOf(finding.scenario);
  const link = anchor === undefined
    ? undefined
    : markup` · <a href="#${anchor}">${oneLine(finding.scenario)}</a>`;
  const remarks = finding.remarks.map((remark) => markup` ${sentenceHtml(remark)}`);
  const kind = finding.kind.replace(" ", "-");
  const words = [...(lead === undefined ? [] : [lead]), ...rest].map(phraseHtml);
  const basis = capitalize(sayBasis(finding));
  return markup`<li class="${kind}">${words}. <small>${basis}.${remarks}${link}</small></li>
`;
}

/**
 * The answer of a search as an item of a list.
 *
 * @param result The answer.
 * @returns The item.
 */
export function searchHtml(result: SearchResult): Html {
  return markup`<li>${phraseSearch(result).map(phraseHtml)}</li>
`;
}

/**
 * A warning as an item of a list, with the cases it concerns.
 *
 * @param warning The warning.
 * @returns The item.
 */
export function warningHtml({ message, cases }: Warning): Html {
  if (cases.length === 0) {
    return markup`<li>${sentenceHtml(capitalize(message))}</li>
`;
  }
  const list = (ids: readonly string[]) =>
    ids.map((id, index) => markup`${index === 0 ? "" : ", "}${nameHtml(id)}`);
  const words = capitalize(oneLine(message, SENTENCE));
  const rest = cases.slice(MOST_CASES);
  const more = rest.length === 0
    ? markup`.`
    : markup` <details><summary>and ${rest.length} more</summary>${list(rest)}.</details>`;
  return markup`<li>${words}: ${list(cases.slice(0, MOST_CASES))}${more}</li>
`;
}

/**
 * A text with its first letter as a sentence begins.
 *
 * @param words The text.
 * @returns The same, capitalized.
 */
export function capitalize(words: string): string {
  return words.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
