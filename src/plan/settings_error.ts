// What a user asked for and cannot have.

/** A SettingsError states in one sentence what cannot be run as asked. */
export class SettingsError extends Error {
  /** Always "SettingsError". */
  override readonly name = "SettingsError";
  /** What was given where one of `candidates` was expected; absent: nothing to suggest. */
  readonly given?: string;
  /** What could have been meant. */
  readonly candidates?: readonly string[];

  /**
   * Makes the error of a sentence and, where a name was expected, of what could have been meant.
   *
   * @param message the sentence, without full stop
   * @param given what was given
   * @param candidates what could have been meant
   */
  constructor(message: string, given?: string, candidates?: readonly string[]) {
    super(message);
    if (given !== undefined) this.given = given;
    if (candidates !== undefined) this.candidates = candidates;
  }
}
