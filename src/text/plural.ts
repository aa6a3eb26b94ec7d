// Counted nouns.

/** A number and its noun, in the plural where it is not one, as in `1 case`, `3 cases`. */
export function plural(count: number, noun: string, formatted: string = String(count)): string {
  return `${formatted} ${noun}${count === 1 ? "" : "s"}`;
}
