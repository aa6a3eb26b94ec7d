/**
 * Counted nouns.
 *
 * @module
 */

/**
 * A number and its noun, in the plural where it is not one.
 *
 * @param count How many.
 * @param noun What, in the singular; its plural ends in `s`.
 * @param formatted The number as it shall be written; with all its digits where it is left out.
 * @returns As in `1 case`, `3 cases`.
 */
export function plural(count: number, noun: string, formatted: string = String(count)): string {
  return `${formatted} ${noun}${count === 1 ? "" : "s"}`;
}
