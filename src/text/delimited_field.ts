// Fields of CSV and TSV.

/** Characters that no text file should hold, and those that turn the direction of what follows. */
const UNFIT =
  // deno-lint-ignore no-control-regex
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A field: quoted after RFC 4180; formulas and workflow commands get an apostrophe (OWASP, CSV Injection). */
export function delimitedField(text: string, flat: boolean): string {
  const clean = (flat ? text.replace(/[\t\r\n\x85\u2028\u2029]+/g, " ") : text).toWellFormed()
    .replace(UNFIT, "\ufffd")
    .replace(/(?<=[\r\n]\s*)::/g, "'::");
  const isLive = /^\s*(?:[=+\-@\uff1d\uff0b\uff0d\uff20]|::)|^[\t\r\n]/.test(clean);
  const safe = isLive ? `'${clean}` : clean;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
