// Subjects: the two things that an A/B run compares, as a user names them.

/** What `--base` and `--head` may name. */
export type Subject =
  | { readonly kind: "self" }
  /** Another runtime: a release by its version, of Node and Bun also by the first parts of one, or a binary by its path. */
  | { readonly kind: Runtime; readonly version: string }
  | { readonly kind: Runtime; readonly path: string }
  /** A commit of the user's repository, in a temporary worktree. */
  | { readonly kind: "git"; readonly ref: string }
  /** A folder with the user's code. */
  | { readonly kind: "dir"; readonly path: string };

/** What runs JavaScript: each is a process of its own. */
export type Runtime = "deno" | "node" | "bun";

/** The forms of a subject, for errors and help. */
export const SUBJECT_FORMS =
  "self, deno:<version or path>, node:<version or path>, bun:<version or path>, git:<ref>, dir:<path>";

/** Thrown when a subject cannot be understood or had; the message is one sentence that names it. */
export class SubjectError extends Error {
  /** Always "SubjectError". */
  override readonly name = "SubjectError";
  /**
   * Makes the error of its sentence.
   *
   * @param message one sentence, without full stop
   * @param isUsage whether the words are wrong (exit 2), rather than the thing not to be had (exit 3)
   * @param suggestion the word that is none of `candidates`
   */
  constructor(
    message: string,
    readonly isUsage: boolean,
    readonly suggestion?: { readonly given: string; readonly candidates: readonly string[] },
  ) {
    super(message);
  }
}

/** npm takes `26` for the newest release that begins so; `deno:` has always wanted a whole one. */
const VERSIONS: Readonly<Record<Runtime, RegExp>> = {
  deno: /^v?\d+\.\d+\.\d+(-[\w.]+)?$/,
  node: /^v?\d+(\.\d+){0,2}(-[\w.]+)?$/,
  bun: /^v?\d+(\.\d+){0,2}(-[\w.]+)?$/,
};

/** Reads a subject. Throws SubjectError when the text is none. */
export function parseSubject(text: string): Subject {
  if (text === "self") return { kind: "self" };
  const [, kind, rest] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  if (kind === undefined || rest === undefined || rest === "") throw notASubject(text);
  switch (kind) {
    case "deno":
    case "node":
    case "bun":
      return VERSIONS[kind].test(rest)
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
  const given = text.split(":", 1)[0]!;
  const candidates = ["self", "deno", "node", "bun", "git", "dir"];
  return new SubjectError(
    `"${text}" is no subject: use ${SUBJECT_FORMS}`,
    true,
    candidates.includes(given) ? undefined : { given, candidates },
  );
}
