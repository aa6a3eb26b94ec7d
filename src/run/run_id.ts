// Ids of runs.

/** A name that no other run has, wherever it runs: the one thing of a run that is left to chance on purpose. */
export function createRunId(): string {
  return crypto.randomUUID();
}
