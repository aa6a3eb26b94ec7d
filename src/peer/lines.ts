// Lines of text out of a byte stream.

/** The longest line, in characters: hundreds of times what a trial or a plan takes. */
export const MAX_LINE = 8 * 2 ** 20;

/** Thrown when a line does not end: whoever writes it shall not fill the reader's memory. */
export class EndlessLineError extends Error {
  override readonly name = "EndlessLineError";
}

/** Complete lines of UTF-8 without line feed; a last one without is dropped. Throws EndlessLineError beyond {@linkcode MAX_LINE}. */
export async function* decodeLines(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let parts: string[] = [];
  let length = 0;
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = text.split("\n");
    for (const [index, part] of lines.entries()) {
      parts.push(part);
      length += part.length;
      if (length > MAX_LINE) {
        throw new EndlessLineError(`a line of more than ${MAX_LINE} characters`);
      }
      if (index === lines.length - 1) break;
      yield parts.join("");
      parts = [];
      length = 0;
    }
  }
}
