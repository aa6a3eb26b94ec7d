/**
 * Reaches the bare reader in its worker.
 *
 * @module
 */

import type { BareReader } from "./bare_transfer.ts";

/** A bare reader in a worker, ended with its scope. */
export interface BareReaderWorker extends BareReader, Disposable {}

/** Starts the worker. Its answers come in order: a port, then a rate. */
export function openBareReaderWorker(): BareReaderWorker {
  const worker = new Worker(new URL("./bare_reader_worker.ts", import.meta.url), {
    type: "module",
  });
  const answers: PromiseWithResolvers<number>[] = [];
  let answered = 0;
  const answer = (index: number) => answers[index] ??= Promise.withResolvers<number>();
  worker.onmessage = ({ data }: MessageEvent<number>) => answer(answered++).resolve(data);
  worker.onerror = (event) => answer(answered++).reject(new Error(event.message));
  let asked = 0;
  return {
    listen() {
      worker.postMessage("listen");
      return answer(asked++).promise;
    },
    mark: () => worker.postMessage("mark"),
    rate: () => answer(asked++).promise,
    [Symbol.dispose]: () => worker.terminate(),
  };
}
