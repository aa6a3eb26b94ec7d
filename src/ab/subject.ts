// Subjects: the two things that an A/B run compares, as a user names them.

/** What `--base` and `--head` may name. */
export type Subject =
  | { readonly kind: "self" }
  /** Another Deno: a release by its version, or a binary by its path. */
  | { readonly kind: "deno"; readonly version: string }
  | { readonly kind: "deno"; readonly path: string }
  /** A commit of the user's repository, in a temporary worktree. */
  | { readonly kind: "git"; readonly ref: string }
  /** A folder with the user's code. */
  | { readonly kind: "dir"; readonly path: string };

/** The forms of a subject, for errors and help. */
export const SUBJECT_FORMS = "self, deno:<version or path>, git:<ref>, dir:<path>";

/** Thrown when a subject cannot be understood or had; the message is one sentence that names it. */
export class SubjectError extends Error {
  /** Always "SubjectError". */
  override readonly name = "SubjectError";
  /**
   * Makes the error of its sentence.
   *
   * @param message one sentence, without full stop
   * @param isUsage whether the words are wrong (exit 2), rather than the thing not to be had (exit 3)
   */
  constructor(message: string, readonly isUsage: boolean) {
    super(message);
  }
}

/**
 * Reads a subject.
 *
 * @throws {SubjectError} when the text is none.
 */
export function parseSubject(text: string): Subject {
  if (text === "self") return { kind: "self" };
  const [, kind, rest] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  if (kind === undefined || rest === undefined || rest === "") throw notASubject(text);
  switch (kind) {
    case "deno":
      return /^v?\d+\.\d+\.\d+(-[\w.]+)?$/.test(rest)
        ? { kind, version: rest.replace(/^v/, "") }
        : { kind, path: rest };
    case "git":
      if (rest.startsWith("-")) throw notASubject(text);
      return { kind, ref: rest };
    case "dir":
      return { kind, path: rest };
    default:
      throw notASubject(text);
  }
}

function notASubject(text: string): SubjectError {
  return new SubjectError(`"${text}" is no subject: use ${SUBJECT_FORMS}`, true);
}
