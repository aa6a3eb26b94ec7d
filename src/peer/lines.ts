/**
 * Lines of text out of a byte stream.
 *
 * @module
 */

/** Yields each complete line of UTF-8 without its line feed; a last line without one is dropped, as it is incomplete. */
export async function* decodeLines(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
