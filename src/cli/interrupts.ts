// Ctrl-C and SIGTERM: the first one ends the measuring, the second one the process.

import { EXIT } from "./failure.ts";

export interface Interrupts extends Disposable {
  readonly signal: AbortSignal;
}

/** A signal that follows another within this time is the same keypress: `deno task` passes on what the terminal has sent already. */
const SAME_KEYPRESS_MS = 400;

export function listenForInterrupts(onFirst: () => void, onSecond: () => void): Interrupts {
  const controller = new AbortController();
  let firstMs = 0;
  const end = () => {
    if (controller.signal.aborted) return;
    firstMs = performance.now();
    controller.abort();
    onFirst();
  };
  const endOrLeave = () => {
    if (!controller.signal.aborted) return end();
    if (performance.now() - firstMs < SAME_KEYPRESS_MS) return;
    leave();
  };
  const leave = () => {
    try {
      onSecond();
    } finally {
      // Whatever could not be removed: an error that nobody catches would end the process as a regression does.
      Deno.exit(EXIT.interrupted);
    }
  };
  // The parent sends SIGQUIT for the second keypress, having told keypresses apart already.
  // A terminal that is closed sends SIGHUP, also after Ctrl-C: no reason to give up what is being written.
  const listeners = ([
    ["SIGINT", endOrLeave],
    ["SIGTERM", endOrLeave],
    ["SIGQUIT", () => controller.signal.aborted ? leave() : end()],
    ["SIGHUP", end],
  ] as const)
    .filter(([signal, listener]) => {
      try {
        Deno.addSignalListener(signal, listener);
        return true;
      } catch {
        return false; // Windows has no SIGTERM.
      }
    });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}

/** Removes the session's directory at once, for a process that ends without disposing; what is not there is no error. */
export function removeDirectory(path: string | undefined): void {
  if (path === undefined) return;
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // It was never made.
  }
}
