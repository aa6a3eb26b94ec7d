// Hashes by which a Content-Security-Policy admits one script or style, and nothing else.

import { createHash } from "node:crypto";

/** The source expression of an inline script or style, as in `'sha256-…'`. */
export function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}
