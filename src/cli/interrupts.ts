/**
 * Ctrl-C and SIGTERM: the first one ends the run after the trial under way, the second one ends the process.
 *
 * @module
 */

import { EXIT } from "./exit.ts";

/** Interrupts listen until disposed. */
export interface Interrupts extends Disposable {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
}

/**
 * Listens for signals.
 *
 * @param onFirst called once, to tell the user that the run ends
 * @param onSecond called before the process ends at once, to leave nothing behind
 */
export function listenForInterrupts(onFirst: () => void, onSecond: () => void): Interrupts {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) {
      onSecond();
      Deno.exit(EXIT.interrupted);
    }
    controller.abort();
    onFirst();
  };
  const signals = SIGNALS.filter((signal) => {
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
      for (const signal of signals) Deno.removeSignalListener(signal, listener);
    },
  };
}

const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];
