// How a process is started that loads users' modules: with their project's configuration and import map, and this suite in it.

import { SUITE_ROOT } from "../mains.ts";
import suite from "../../deno.json" with { type: "json" };
import { expandPackages, type ImportMap, type Project, readProject } from "./read_project.ts";

/** The name by which users' modules import the suite, with its further entries. */
const SUITE_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(suite.exports)
    .map(([entry, file]) => [`${suite.name}${entry.slice(1)}`, new URL(file, SUITE_ROOT).href]),
);

const OWN_CONFIG = new URL("deno.json", SUITE_ROOT);

/** Flags of `deno run`, none of which names a permission; disposing removes the map's file, which the process needs until it is ready. */
export interface ProjectFlags extends Disposable {
  /** As in `--config=/home/me/project/deno.json`. */
  readonly flags: readonly string[];
}

/** Prepares the start of a process. Throws Error in one sentence when a project's configuration cannot be read. */
export function projectFlags(modules: readonly string[], directory?: string): ProjectFlags {
  // Without modules nothing needs a map, and starting takes less.
  if (modules.length === 0) return fixed(["--no-config"]);
  const own = decodeURIComponent(OWN_CONFIG.pathname);
  const projects = modules.flatMap((module) => readProject(module) ?? []);
  const [first] = projects;
  if (first === undefined || first.config === own) {
    return fixed([`--config=${own}`, "--no-lock"]);
  }
  const { place, ...file } = placeMap(JSON.stringify(joinMaps(first, projects)), directory);
  return {
    flags: [
      `--config=${first.config ?? own}`,
      `--import-map=${place}`,
      // A project that keeps its packages in node_modules does not have the suite's there; its lock file does not know them either.
      "--node-modules-dir=none",
      "--no-lock",
    ],
    ...file,
  };
}

const fixed = (flags: readonly string[]): ProjectFlags => ({ flags, [Symbol.dispose]() {} });

/** The first project's map holds everywhere, as with `deno run`; that of another in its own folder. */
function joinMaps(first: Project, projects: readonly Project[]): ImportMap {
  const scopes: Record<string, Readonly<Record<string, string>>> = {
    [SUITE_ROOT.href]: { ...expandPackages(suite.imports), ...SUITE_NAMES },
  };
  for (const { folder, map: { imports, scopes: more } } of projects) {
    scopes[folder] = { ...scopes[folder], ...imports, ...SUITE_NAMES };
    for (const [scope, names] of Object.entries(more)) {
      scopes[scope] = { ...scopes[scope], ...names, ...SUITE_NAMES };
    }
  }
  return { imports: { ...first.map.imports, ...SUITE_NAMES }, scopes };
}

/** A workspace cannot have its map in the flag itself: its members' names are resolved against the map's address. */
function placeMap(text: string, directory: string | undefined) {
  try {
    if (directory === undefined) throw new Error("there is no directory");
    const place = Deno.makeTempFileSync({ dir: directory, prefix: "import-map-", suffix: ".json" });
    Deno.writeTextFileSync(place, text);
    return { place, [Symbol.dispose]: () => removeFile(place) };
  } catch {
    return { place: `data:application/json,${encodeURIComponent(text)}`, [Symbol.dispose]() {} };
  }
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Its directory is gone already.
  }
}
