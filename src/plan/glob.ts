// Globs over case ids.

/**
 * Whether the whole of `text` matches `glob`: `*` is any run of characters (slashes and commas too), `?` any single one,
 * everything else stands for itself. Two pointers with one point of return, not a regular expression: no glob takes more than
 * length × length steps.
 */
export function matchesGlob(glob: string, text: string): boolean {
  let g = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    // The star first: a text may itself contain one.
    if (glob[g] === "*") {
      star = g++;
      resume = t;
    } else if (g < glob.length && (glob[g] === "?" || glob[g] === text[t])) {
      g++;
      t++;
    } else if (star !== -1) {
      g = star + 1;
      t = ++resume;
    } else return false;
  }
  while (glob[g] === "*") g++;
  return g === glob.length;
}
