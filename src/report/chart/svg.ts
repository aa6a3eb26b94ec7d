// SVG as text: elements, attributes and numbers, so that whatever goes in, well-formed XML comes out.

import { escapeMarkup } from "../../text/escape_markup.ts";
import { plainText } from "./label_text.ts";

/** Attributes by name; a number is a position and rounded to a tenth, `undefined` leaves the attribute out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** A position as text: a tenth of a pixel is finer than any screen shows, as in `12.5`; never `-0`. */
export function position(position: number): string {
  if (!Number.isFinite(position)) {
    throw new RangeError(`Cannot draw as a position must be finite: current value is ${position}`);
  }
  return String(Math.round(position * 10) / 10 + 0);
}

/**
 * A measured value as text, for `data-*` attributes: reading it back gives the same number. The shortest text of that number;
 * never `-0`.
 */
export function exact(value: number): string {
  if (!Number.isFinite(value)) {
    throw new RangeError(`Cannot draw as a value must be finite: current value is ${value}`);
  }
  return String(value + 0);
}

/** An element. */
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

/** A text at a place. */
export function textAt(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, escapeMarkup(plainText(text, 200)));
}

/** What a pointer that rests on the parent element is told. A `<title>` element, to be the first child. */
export function hover(text: string): string {
  return `<title>${escapeMarkup(plainText(text, 600))}</title>`;
}

/** A straight line. */
export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  attributes: Attributes,
): string {
  return element("line", { x1, y1, x2, y2, ...attributes });
}

/** A path through points. */
export function pathThrough(points: readonly (readonly [x: number, y: number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${position(x)} ${position(y)}`)
    .join("");
}
