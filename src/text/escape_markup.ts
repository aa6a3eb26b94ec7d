// The one escaper for HTML and XML.

/** The references of numbers and of XML 1.0, which HTML understands too. */
const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes for content and quoted attributes of HTML and XML; what neither may hold, or turns direction, goes; isolates stay. */
export function escapeMarkup(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066\u2067]/g, "")
    .replace(/[\ufdd0-\ufdef\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (character) => REFERENCES[character] as string);
}
