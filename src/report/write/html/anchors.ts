// Anchors: ids that headings and links agree on.

import { type Html, markup } from "./html_text.ts";

/** Anchors hands out ids, each once within a page. */
export class Anchors {
  readonly #used = new Set<string>();

  /** An id that is like the name, as far as an address may be, as in `round-trip`; for a second of that name `round-trip-2`. */
  take(name: string): string {
    const slug = name.slice(0, 200).toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 60)
      .replace(/^-+|-+$/g, "") || "part";
    let id = slug;
    for (let count = 2; this.#used.has(id); count++) id = `${slug}-${count}`;
    this.#used.add(id);
    return id;
  }
}

/** A link to a heading, to be shared. */
export function anchorLink(id: string, title: string): Html {
  return markup`<a class="anchor" href="#${id}" aria-label="Link to ${title}">#</a>`;
}
