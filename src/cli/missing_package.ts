// Recognises the errors of a program whose npm packages cannot be had: no network, a registry that is not reached, a cache that may not be
// written. They are nobody's bug, and nothing was measured.

/**
 * What cannot be had and what to do, as one clause; absent where `error` is about something else.
 *
 * Deno throws a TypeError whose first line names the package and whose next lines are the causes, numbered.
 */
export function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof TypeError)) return undefined;
  const [what = "", cause = ""] = error.message.split(/\s*\n\s*/);
  const name = /\bpackage (?:manifest for )?['"]([^'"]+)['"]/.exec(what)?.[1];
  if (name === undefined) return undefined;
  const why = cause.replace(/^\d+: /, "").slice(0, 200);
  return `cannot fetch the package ${name}${why === "" ? "" : ` (${why})`}: it is needed once, ` +
    "so run this where the registry can be reached, or name one of npm in NPM_CONFIG_REGISTRY";
}
