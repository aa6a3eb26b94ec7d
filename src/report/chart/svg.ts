/**
 * SVG as text: elements, attributes and numbers, so that whatever goes in, well-formed XML comes out.
 *
 * @module
 */

import { escapeMarkup } from "../../text/escape_markup.ts";
import { plainText } from "./label_text.ts";

/** Attributes by name; a number is a position and rounded to a tenth, `undefined` leaves the attribute out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/**
 * A position as text: a tenth of a pixel is finer than any screen shows.
 *
 * @param position Any finite number.
 * @returns As in `12.5`; never `-0`.
 * @throws {RangeError} If it is not finite, which is a bug of the caller.
 */
export function position(position: number): string {
  if (!Number.isFinite(position)) {
    throw new RangeError(`Cannot draw as a position must be finite: current value is ${position}`);
  }
  return String(Math.round(position * 10) / 10 + 0);
}

/**
 * A measured value as text, for `data-*` attributes: reading it back gives the same number.
 *
 * @param value Any finite number.
 * @returns The shortest text of that number; never `-0`.
 * @throws {RangeError} If it is not finite, which is a bug of the caller.
 */
export function exact(value: number): string {
  if (!Number.isFinite(value)) {
    throw new RangeError(`Cannot draw as a value must be finite: current value is ${value}`);
  }
  return String(value + 0);
}

/**
 * An element.
 *
 * @param name Its name.
 * @param attributes Its attributes; texts in them are escaped here.
 * @param children Elements inside, as text already.
 * @returns The element as text.
 */
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

/**
 * A text at a place.
 *
 * @param x Where its anchor is.
 * @param y Its base line.
 * @param text Its text; anything.
 * @param attributes Class, anchor.
 * @returns The element.
 */
export function textAt(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, escapeMarkup(plainText(text, 200)));
}

/**
 * What a pointer that rests on the parent element is told.
 *
 * @param text Its text; anything.
 * @returns A `<title>` element, to be the first child.
 */
export function hover(text: string): string {
  return `<title>${escapeMarkup(plainText(text, 600))}</title>`;
}

/**
 * A straight line.
 *
 * @param x1 Start.
 * @param y1 Start.
 * @param x2 End.
 * @param y2 End.
 * @param attributes Class and the like.
 * @returns The element.
 */
export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  attributes: Attributes,
): string {
  return element("line", { x1, y1, x2, y2, ...attributes });
}

/**
 * A path through points.
 *
 * @param points At least one, as x and y.
 * @returns Path data.
 */
export function pathThrough(points: readonly (readonly [x: number, y: number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${position(x)} ${position(y)}`)
    .join("");
}
