// Slugs: names as parts of file names and anchors.

/**
 * A slug: what may stand in a file name, an address and an id. a–z, 0–9 and hyphens, at most 80 characters; `chart` where
 * nothing is left.
 */
export function slug(...parts: readonly string[]): string {
  const text = parts.map((part) => part.slice(0, 200)).join("-").toLowerCase()
    .replace(/[^a-z0-9]+/g, "-").slice(0, 80).replace(/^-+|-+$/g, "");
  return text === "" ? "chart" : text;
}
