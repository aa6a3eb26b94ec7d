// The StatusArea: the last lines of a terminal, which overwrite themselves; no mode is changed that would have to be undone.

import { displayWidth } from "../../text/display_width.ts";
import type { Terminal } from "./terminal.ts";

// deno-lint-ignore no-control-regex
const CODES = /\x1b\[\d+m/g;

export class StatusArea {
  readonly #terminal: Terminal;
  #widths: readonly number[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Replaces what the area shows, in one write; lines are narrower than the terminal. */
  draw(lines: readonly string[]): void {
    // The cursor waits at the beginning of the last line: what Ctrl-C echoes there is overwritten with it.
    this.#terminal.draw(this.#eraser(), lines.join("\n"), "\r");
    this.#widths = lines.map((line) => displayWidth(line.replace(CODES, "")));
  }

  /** Removes what the area shows; the cursor stands where the area began. */
  clear(): void {
    const eraser = this.#eraser();
    if (eraser !== "") this.#terminal.draw(eraser, "", "");
    this.#widths = [];
  }

  /** A terminal that became narrower has broken the lines since. */
  #eraser(): string {
    if (this.#widths.length === 0) return "";
    const columns = this.#terminal.columns();
    const rows = this.#widths.reduce(
      (sum, width) => sum + Math.max(1, Math.ceil(width / columns)),
      0,
    );
    return rows > 1 ? `\r\x1b[${rows - 1}A\x1b[J` : "\r\x1b[J";
  }
}
