// How a command may end, and trouble that a user can cause and mend, said in one sentence.

/** How every command ends: slower than the baseline 1, wrong input or a place that cannot be written 2, a bug 70 (EX_SOFTWARE). */
export const EXIT = Object.freeze(
  { ok: 0, regressed: 1, usage: 2, cannotJudge: 3, bug: 70, interrupted: 130 } as const,
);

/** A UsageError ends the command with exit code 2 and one sentence on stderr, without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** What was given where one of `candidates` was expected; absent: nothing to suggest. */
  readonly given?: string;
  /** What could have been meant. */
  readonly candidates?: readonly string[];

  /** `suggestion`: what was given and what could have been meant. */
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
  override readonly name = "NothingToMeasureError";
}

/** Why a gate can come to no verdict, where that is no fault of the arguments: exit code 3 and one sentence. */
export class CannotJudge extends Error {}

/** What cannot be had and what to do; absent where `error` is no failed download, whose causes Deno numbers line by line. */
export function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof TypeError)) return undefined;
  const [what = "", cause = ""] = error.message.split(/\s*\n\s*/);
  const name = /\bpackage (?:manifest for )?['"]([^'"]+)['"]/.exec(what)?.[1];
  if (name === undefined) return undefined;
  const why = cause.replace(/^\d+: /, "").slice(0, 200);
  return `cannot fetch the package ${name}${why === "" ? "" : ` (${why})`}: it is needed once, ` +
    "so run this where the registry can be reached, or name one of npm in NPM_CONFIG_REGISTRY";
}

/** The reason of a failed system call: "No space left on device". */
export function systemMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\).*/s, "").replaceAll(/\s+/g, " ");
}
