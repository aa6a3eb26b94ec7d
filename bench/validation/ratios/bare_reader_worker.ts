/**
 * The reading end of a bare transfer in a thread of its own. Started by {@link openBareReaderWorker}.
 *
 * @module
 */

import { bareReader } from "./bare_transfer.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<"listen" | "mark">) => void;
  postMessage(value: number): void;
};

const reader = bareReader();

scope.onmessage = async ({ data }) => {
  if (data === "mark") return reader.mark();
  scope.postMessage(await reader.listen());
  scope.postMessage(await reader.rate());
};
