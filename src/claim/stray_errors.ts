/**
 * Errors that nobody awaits: a promise that an experiment let go of, a callback that throws. They would end the process, and all results
 * with it.
 *
 * @module
 */

/** Catches stray errors from its making until it is disposed of. */
export interface StrayErrors extends Disposable {
  /** Rejects with the next stray error; one that nobody waits for is dropped. */
  next(): Promise<never>;
}

/** Begins to catch stray errors, before any other listener sees them. */
export function catchStrays(): StrayErrors {
  let waiting = Promise.withResolvers<never>();
  waiting.promise.catch(() => {});
  const take = (event: Event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.reject(
      event instanceof ErrorEvent ? event.error : (event as PromiseRejectionEvent).reason,
    );
  };
  const names = ["unhandledrejection", "error"];
  for (const name of names) addEventListener(name, take, { capture: true });
  return {
    next() {
      waiting = Promise.withResolvers<never>();
      waiting.promise.catch(() => {});
      return waiting.promise;
    },
    [Symbol.dispose]() {
      for (const name of names) removeEventListener(name, take, { capture: true });
    },
  };
}
