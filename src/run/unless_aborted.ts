// Waiting that ends with a signal.

/** What the work comes to; throws the signal's reason when that comes first. */
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
