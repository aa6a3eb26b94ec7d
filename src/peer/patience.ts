// Waiting for something that may never come.

/** How long an end of a trial that has failed is waited for, in milliseconds. */
export const PATIENCE_MS = 250;

/** Settles as `work` does, or with `otherwise` when it has not settled within {@link PATIENCE_MS}. */
export async function withPatience<T, U>(work: Promise<T>, otherwise: U): Promise<T | U> {
  const patience = Promise.withResolvers<U>();
  const timer = setTimeout(() => patience.resolve(otherwise), PATIENCE_MS);
  try {
    return await Promise.race([work, patience.promise]);
  } finally {
    clearTimeout(timer);
  }
}
