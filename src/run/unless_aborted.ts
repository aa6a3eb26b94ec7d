// Waiting that ends with a signal.

/**
 * Waits for work that cannot be told to stop: a peer that starts, a probe. Returns what the work comes to. Throws the signal's
 * reason when it comes first, else what the work throws.
 */
export async function unlessAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return await work;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
    // Whichever lost is no error that nobody caught.
    work.catch(() => {});
    aborted.promise.catch(() => {});
  }
}
