/**
 * A Screen is a small terminal: it takes what was written to one and has the lines that are then seen. It knows the codes that
 * the suite uses and fails on all others.
 *
 * @module
 */

/** See the module's description. */
export class Screen {
  readonly #columns: number;
  readonly #lines: string[][] = [[]];
  #row = 0;
  #column = 0;

  /** A screen of this width, as long as it takes. */
  constructor(columns: number) {
    this.#columns = columns;
  }

  /** Takes a text. */
  write(text: string): this {
    // deno-lint-ignore no-control-regex
    for (const [token] of text.matchAll(/\x1b\[[0-9;?]*[A-Za-z]|[^]/gu)) this.#take(token);
    return this;
  }

  /** Every line, without spaces at its end; empty lines at the end left out. */
  get lines(): readonly string[] {
    const lines = this.#lines.map((cells) => cells.join("").trimEnd());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** Where the cursor is, both from 0. */
  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row, column: this.#column };
  }

  #take(token: string): void {
    if (token === "\r") this.#column = 0;
    else if (token === "\n") this.#down();
    else if (token.startsWith("\x1b[")) this.#obey(token);
    else {
      if (token < " ") throw new Error(`a control character: ${JSON.stringify(token)}`);
      if (this.#column === this.#columns) {
        this.#column = 0;
        this.#down();
      }
      const line = this.#lines[this.#row]!;
      while (line.length < this.#column) line.push(" ");
      line[this.#column++] = token;
    }
  }

  #down(): void {
    this.#row++;
    while (this.#lines.length <= this.#row) this.#lines.push([]);
  }

  #obey(code: string): void {
    const [count, kind] = [Number(code.slice(2, -1) || "1"), code.at(-1)];
    if (kind === "m") return;
    // Deno itself writes these when it starts: column 1, and clear the line.
    if (code === "\x1b[0G") this.#column = 0;
    else if (kind === "A") this.#row = Math.max(0, this.#row - count);
    else if (code === "\x1b[K") this.#lines[this.#row]!.length = this.#column;
    else if (code === "\x1b[2K") this.#lines[this.#row]!.length = 0;
    else if (code === "\x1b[J") {
      this.#lines[this.#row]!.length = Math.min(this.#lines[this.#row]!.length, this.#column);
      this.#lines.length = this.#row + 1;
    } else throw new Error(`an unknown code: ${JSON.stringify(code)}`);
  }
}
