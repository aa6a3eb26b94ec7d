// Trouble that a user can cause and mend, said in one sentence.

/** A UsageError ends the command with exit code 2 and one sentence on stderr, without a stack. */
export class UsageError extends Error {
  /** Always "UsageError". */
  override readonly name = "UsageError";
  /** What was given where one of `candidates` was expected; absent: nothing to suggest. */
  readonly given?: string;
  /** What could have been meant. */
  readonly candidates?: readonly string[];

  /**
   * Makes the error of a sentence and, where a name was expected, of what could have been meant.
   *
   * @param message the sentence, without full stop
   * @param suggestion what was given and what could have been meant, for a did-you-mean
   */
  constructor(
    message: string,
    suggestion: { readonly given?: string; readonly candidates?: readonly string[] } = {},
  ) {
    super(message);
    if (suggestion.given !== undefined) this.given = suggestion.given;
    if (suggestion.candidates !== undefined) this.candidates = suggestion.candidates;
  }
}

/** Thrown when everything that was asked for is skipped: the input is right, but this machine cannot do it. Exit code 3. */
export class NothingToMeasureError extends Error {
  /** Always "NothingToMeasureError". */
  override readonly name = "NothingToMeasureError";
}
