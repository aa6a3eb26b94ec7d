// Errors that nobody awaits, which would end the process, and all results with it.

/** Catches stray errors from its making until it is disposed of. */
export interface StrayErrors extends Disposable {
  readonly count: number;
  /** Rejects with the next stray error; one that nobody waits for is dropped. */
  next(): Promise<never>;
}

/** Begins to catch stray errors, before any other listener sees them. */
export function catchStrays(): StrayErrors {
  let count = 0;
  let waiting: ((error: unknown) => void)[] = [];
  const take = (event: Event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const error = event instanceof ErrorEvent
      ? event.error
      : (event as PromiseRejectionEvent).reason;
    count++;
    for (const reject of waiting) reject(error);
    waiting = [];
  };
  const names = ["unhandledrejection", "error"];
  for (const name of names) addEventListener(name, take, { capture: true });
  return {
    get count() {
      return count;
    },
    next() {
      const { promise, reject } = Promise.withResolvers<never>();
      promise.catch(() => {});
      waiting.push(reject);
      return promise;
    },
    [Symbol.dispose]() {
      for (const name of names) removeEventListener(name, take, { capture: true });
    },
  };
}
