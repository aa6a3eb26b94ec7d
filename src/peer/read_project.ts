// The project that a user's module belongs to: the nearest folder with a configuration file, and the names that modules have there.

import { pathToFileURL } from "node:url";

/** Names of modules: everywhere, and below certain addresses. Every address is absolute. */
export interface ImportMap {
  readonly imports: Readonly<Record<string, string>>;
  readonly scopes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A Project is a folder with a configuration file. `config`: absent where it has a `package.json` alone; `map`: with its workspace's names. */
export type Project = Readonly<{ folder: string; config?: string; map: ImportMap }>;

/** The parts of a configuration file that say what a name means. */
interface Config {
  readonly imports?: unknown;
  readonly scopes?: unknown;
  readonly importMap?: unknown;
  readonly workspace?: unknown;
  readonly dependencies?: unknown;
  readonly devDependencies?: unknown;
}

const CONFIGS = ["deno.json", "deno.jsonc"];
const NOTHING: ImportMap = { imports: {}, scopes: {} };

/** A module's project; `undefined` where no folder above has a configuration file. Throws Error for one that is no JSON. */
export function readProject(module: string): Project | undefined {
  const folders = foldersAbove(module);
  const found = folders.findIndex((folder) =>
    find(folder, [...CONFIGS, "package.json"]) !== undefined
  );
  if (found < 0) return undefined;
  const folder = folders[found]!;
  const config = find(folder, CONFIGS);
  const workspace = folders.slice(found + 1).map((above) => find(above, CONFIGS))
    .find((path) => path !== undefined && hasMember(path, folder));
  const maps = [
    ...(workspace === undefined ? [] : [readPackages(dirname(workspace)), readConfig(workspace)]),
    readPackages(folder),
    ...(config === undefined ? [] : [readConfig(config)]),
  ];
  return {
    folder: address(`${folder}/`),
    ...(config !== undefined && { config }),
    map: maps.reduce((whole, { imports, scopes }) => ({
      imports: { ...whole.imports, ...imports },
      scopes: { ...whole.scopes, ...scopes },
    }), NOTHING),
  };
}

/** Its own folder first; none where it is no file. */
function foldersAbove(module: string): string[] {
  const url = new URL(module);
  if (url.protocol !== "file:") return [];
  const parts = decodeURIComponent(url.pathname).split("/").slice(1, -1);
  return [...parts, ""].map((_, index) => `/${parts.slice(0, parts.length - index).join("/")}`)
    .map((folder) => folder === "/" ? "" : folder);
}

function find(folder: string, names: readonly string[]): string | undefined {
  return names.map((name) => `${folder}/${name}`).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Whether a configuration file has a folder in its workspace, where `*` stands for one part of a path. */
function hasMember(path: string, folder: string): boolean {
  const { workspace } = readJson(path);
  const members = Array.isArray(workspace) ? workspace : (workspace as Config & {
    readonly members?: unknown;
  })?.members;
  if (!Array.isArray(members)) return false;
  const within = folder.slice(dirname(path).length + 1);
  return members.filter((member) => typeof member === "string").some((member) => {
    const parts = member.replace(/^\.\//, "").replace(/\/$/, "").split("/");
    const wanted = within.split("/");
    return parts.length === wanted.length &&
      parts.every((part, index) => part === "*" || part === wanted[index]);
  });
}

/** What a configuration file says, or the map that it names instead. */
function readConfig(path: string): ImportMap {
  const { imports, scopes, importMap } = readJson(path);
  if (imports === undefined && scopes === undefined && typeof importMap === "string") {
    const url = new URL(importMap, address(path));
    if (url.protocol === "file:") return readConfig(decodeURIComponent(url.pathname));
  }
  const base = address(path);
  return {
    imports: absolute(imports, base),
    scopes: Object.fromEntries(
      Object.entries((scopes ?? {}) as Record<string, unknown>)
        .map(([scope, names]) => [new URL(scope, base).href, absolute(names, base)]),
    ),
  };
}

/** Names that a `package.json` gives to packages of npm; what it takes from elsewhere has no address without node_modules. */
function readPackages(folder: string): ImportMap {
  const path = find(folder, ["package.json"]);
  if (path === undefined) return NOTHING;
  const { dependencies, devDependencies } = readJson(path);
  const versions = { ...devDependencies as object, ...dependencies as object };
  const imports = Object.entries(versions).flatMap(([name, version]): [string, string][] => {
    if (typeof version !== "string") return [];
    const [, alias, range] = /^npm:(@?[^@]+)@(.+)$/.exec(version) ?? [undefined, name, version];
    return /^[\w.^~<>=*+-]+$/.test(range!) ? [[name, `npm:${alias}@${range}`]] : [];
  });
  return { imports: expandPackages(Object.fromEntries(imports)), scopes: {} };
}

function absolute(names: unknown, base: string): Record<string, string> {
  const pairs = Object.entries((names ?? {}) as Record<string, unknown>)
    .filter((pair): pair is [string, string] => typeof pair[1] === "string")
    .map(([name, target]) => [relativeTo(base, name), relativeTo(base, target)]);
  return expandPackages(Object.fromEntries(pairs));
}

const relativeTo = (base: string, text: string) =>
  /^\.{0,2}\//.test(text) ? new URL(text, base).href : text;

/** A package's name is also the beginning of the names of its modules: Deno adds that to a configuration file, not to a map. */
export function expandPackages(names: Readonly<Record<string, string>>): Record<string, string> {
  const more = Object.entries(names).flatMap(([name, target]): [string, string][] => {
    const found = /^(npm|jsr):\/?((?:@[^/]+\/)?[^/]+)$/.exec(target);
    return found === null || name.endsWith("/") ? [] : [[`${name}/`, `${found[1]}:/${found[2]}/`]];
  });
  return { ...Object.fromEntries(more), ...names };
}

/** Comments and commas at the end are read over, as Deno does. */
function readJson(path: string): Config {
  try {
    const text = Deno.readTextFileSync(path)
      .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, "$1")
      .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, "$1");
    return (JSON.parse(text) ?? {}) as Config;
  } catch (error) {
    throw new Error(`Cannot read ${path}: ${(error as Error).message.split("\n")[0]}`);
  }
}

const dirname = (path: string) => path.slice(0, path.lastIndexOf("/"));
const address = (path: string) => pathToFileURL(path).href;
