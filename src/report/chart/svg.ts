// SVG as text: elements, attributes, numbers and labels, so that whatever goes in, well-formed XML comes out.

import { escapeMarkup } from "../../text/escape_markup.ts";
import { oneLine } from "../../text/one_line.ts";

/** Hebrew, Arabic and their neighbours, whose direction would turn the text around them. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\ud802-\ud803\ud83a-\ud83b]/;
/** What XML 1.0 does not allow even escaped, beyond what {@linkcode oneLine} removes. */
const NOT_IN_XML = /[\ufffe\uffff]/g;

/** Makes a text one line that XML allows, cut where it is too long, and isolated where it runs from right to left. */
export function plainText(text: string, most: number): string {
  const one = oneLine(text, most).replace(NOT_IN_XML, "\ufffd");
  return RIGHT_TO_LEFT.test(one) ? `\u2068${one}\u2069` : one;
}

/** A name as `data-*` attributes carry it: whole, unless it is absurdly long. One line of at most 300 characters. */
export function dataName(text: string): string {
  return oneLine(text, 300).replace(NOT_IN_XML, "\ufffd");
}

/** About how wide a text is, on the wide side: the font is the reader's own, and DejaVu Sans is the widest of the usual ones. */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) ems += widthInEms(character);
  return ems * size;
}

/** Looked up for what most labels are made of: a chart measures some ten thousand characters. */
const ASCII_EMS = Float64Array.from({ length: 128 }, (_, code) => emsOf(String.fromCharCode(code)));

function widthInEms(character: string): number {
  const code = character.charCodeAt(0);
  return code < 128 ? ASCII_EMS[code] as number : emsOf(character);
}

function emsOf(character: string): number {
  if (/[\u0300-\u036f\u200d\u2066-\u2069\ufe0f]/.test(character)) return 0;
  if (/[ijl.,:;'|!()[\]\s]/.test(character)) return 0.36;
  if (/[frt\-/]/.test(character)) return 0.44;
  if (/[mwMW%@×]/.test(character)) return 0.95;
  if (/[A-Z]/.test(character)) return 0.72;
  return character.charCodeAt(0) < 0x2e80 ? 0.63 : 1.1;
}

/** Cuts a text to a width. One line that fits, with an ellipsis where something is missing. */
export function fitText(text: string, width: number, size: number): string {
  const whole = oneLine(text, 200);
  if (textWidth(whole, size) <= width) return whole;
  const kept: string[] = [];
  let room = width / size - widthInEms("…");
  for (const character of whole) {
    room -= widthInEms(character);
    if (room < 0) break;
    kept.push(character);
  }
  return kept.join("").trimEnd() + "…";
}

/** Cuts a name in its middle, since long names of one kind differ at their ends. */
export function fitName(text: string, width: number, size: number): string {
  const whole = oneLine(text, 200);
  if (textWidth(whole, size) <= width) return whole;
  const characters = [...whole];
  let room = width / size - widthInEms("…");
  let [start, end] = [0, characters.length];
  // Three from the beginning, which tells the kind, for each two from the end.
  for (let kept = 0; start < end; kept++) {
    const isHead = kept % 5 % 2 === 0;
    room -= widthInEms(characters[isHead ? start : end - 1] as string);
    if (room < 0) break;
    if (isHead) start++;
    else end--;
  }
  return `${characters.slice(0, start).join("").trimEnd()}…${characters.slice(end).join("")}`;
}

/** Attributes by name; a number is a position and rounded to a tenth, `undefined` leaves the attribute out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** A position as text: a tenth of a pixel is finer than any screen shows, as in `12.5`; never `-0`. */
export function position(position: number): string {
  if (!Number.isFinite(position)) {
    throw new RangeError(`Cannot draw as a position must be finite: current value is ${position}`);
  }
  return String(Math.round(position * 10) / 10 + 0);
}

/** A measured value as the shortest text that reads back as the same number; never `-0`. */
export function exact(value: number): string {
  if (!Number.isFinite(value)) {
    throw new RangeError(`Cannot draw as a value must be finite: current value is ${value}`);
  }
  return String(value + 0);
}

export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const list = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [` ${key}="${typeof value === "number" ? position(value) : escapeMarkup(value)}"`]
  ).join("");
  return children.length === 0
    ? `<${name}${list}/>`
    : `<${name}${list}>${children.join("")}</${name}>`;
}

export function textAt(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, escapeMarkup(plainText(text, 200)));
}

/** What a pointer that rests on the parent element is told. A `<title>` element, to be the first child. */
export function hover(text: string): string {
  return `<title>${escapeMarkup(plainText(text, 600))}</title>`;
}

export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  attributes: Attributes,
): string {
  return element("line", { x1, y1, x2, y2, ...attributes });
}

export function pathThrough(points: readonly (readonly [x: number, y: number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${position(x)} ${position(y)}`)
    .join("");
}

/** An interval along a row, with ends 4 pixels to either side. */
export function whisker(from: number, to: number, y: number, name: string): string {
  const [low, high, middle, top, bottom] = [from, to, y, y - 4, y + 4].map(position);
  const d = `M${low} ${top}V${bottom}M${low} ${middle}H${high}M${high} ${top}V${bottom}`;
  return element("path", { class: name, d });
}
