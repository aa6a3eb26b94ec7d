/**
 * The import graph of a source tree, and what may be wrong with it. Pure: a tree is a list of texts, so that each fault can be planted.
 *
 * @module
 */

/** A file of a source tree. */
export interface Source {
  /** Relative to the tree, as in `run/run_plan.ts`. */
  readonly path: string;
  /** What it holds. */
  readonly text: string;
}

/** What each room may import besides itself; a file directly in the tree, and a folder within a room, may be rooms of their own. */
export type RoomMap = Readonly<Record<string, readonly string[]>>;

/** A name that only some rooms may use. */
export interface ForbiddenName {
  /** What it stands for, as in `the runtime`. */
  readonly what: string;
  /** How it looks in code without comments and texts. */
  readonly code?: RegExp;
  /** How it looks where texts still stand: for imports. */
  readonly imports?: RegExp;
  /** Beginnings of paths that may use it. */
  readonly except: readonly string[];
  /** Beginnings of paths that it is forbidden in; absent: all. */
  readonly within?: readonly string[];
}

/** Paths that each file imports, for its types too, as long as they are files of the tree; a missing one is left in, as it is wrong. */
export function importGraph(sources: readonly Source[]): ReadonlyMap<string, readonly string[]> {
  return new Map(sources.map((source) => [source.path, importsOf(source)]));
}

function importsOf({ path, text }: Source): readonly string[] {
  const base = new URL("tree:///src/");
  const code = text.replace(PARTS, (part) => part.startsWith("/") ? "" : part);
  const specifiers = code.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*"(\.[^"]+)"/g);
  const found = [...specifiers].map(([, to]) => new URL(to!, new URL(path, base)).href)
    .filter((href) => href.startsWith(base.href)).map((href) => href.slice(base.href.length));
  return [...new Set(found)];
}

/**
 * Circles of a graph: for each group of nodes that reach each other, one way around it, as in `a → b → a`.
 *
 * Groups are Tarjan's strongly connected components (SIAM Journal on Computing 1(2), 1972).
 */
export function findCircles(graph: ReadonlyMap<string, Iterable<string>>): readonly string[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const circles: string[] = [];
  const visit = (node: string) => {
    order.set(node, order.size);
    low.set(node, order.get(node)!);
    open.push(node);
    for (const to of graph.get(node) ?? []) {
      if (!order.has(to)) {
        visit(to);
        low.set(node, Math.min(low.get(node)!, low.get(to)!));
      } else if (open.includes(to)) low.set(node, Math.min(low.get(node)!, order.get(to)!));
    }
    if (low.get(node) !== order.get(node)) return;
    const group = open.splice(open.indexOf(node));
    if (group.length > 1 || [...graph.get(node) ?? []].includes(node)) {
      circles.push(wayAround(graph, new Set(group)));
    }
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return circles;
}

/** The shortest circle within a group, from the first of its nodes. */
function wayAround(graph: ReadonlyMap<string, Iterable<string>>, group: Set<string>): string {
  let ways = [...group].sort().map((node) => [node]);
  for (;;) {
    const longer: string[][] = [];
    for (const way of ways) {
      for (const to of graph.get(way.at(-1)!) ?? []) {
        if (to === way[0]) return [...way, to].join(" → ");
        if (group.has(to) && !way.includes(to)) longer.push([...way, to]);
      }
    }
    ways = longer;
  }
}

/** The room of a path: the longest entry of the map that it lies in; its first folder where there is none. */
export function roomOf(path: string, rooms: RoomMap): string {
  const entries = Object.keys(rooms).filter((room) => path === room || path.startsWith(`${room}/`));
  return entries.sort((a, b) => b.length - a.length)[0] ?? path.split("/")[0]!;
}

/** Rooms that are not on the map. */
export function findUnknownRooms(sources: readonly Source[], rooms: RoomMap): readonly string[] {
  const found = new Set(sources.map(({ path }) => roomOf(path, rooms)));
  return [...found].filter((room) => !Object.hasOwn(rooms, room));
}

/** Imports that the map does not allow, as in `stats/a.ts → report/b.ts`, and those of files that are not there. */
export function findForbiddenImports(
  sources: readonly Source[],
  rooms: RoomMap,
): readonly string[] {
  const graph = importGraph(sources);
  return [...graph].flatMap(([path, targets]) => {
    const room = roomOf(path, rooms);
    return targets.filter((target) => {
      const other = roomOf(target, rooms);
      return !graph.has(target) || (other !== room && !rooms[room]?.includes(other));
    }).map((target) => `${path} → ${target}`);
  });
}

/** The rooms that each room really imports. */
export function roomGraph(
  sources: readonly Source[],
  rooms: RoomMap,
): ReadonlyMap<string, ReadonlySet<string>> {
  const graph = new Map<string, Set<string>>();
  for (const [path, targets] of importGraph(sources)) {
    const room = roomOf(path, rooms);
    const others = targets.map((target) => roomOf(target, rooms)).filter((one) => one !== room);
    graph.set(room, new Set([...graph.get(room) ?? [], ...others]));
  }
  return graph;
}

/** Files that use a name that is not theirs to use, as in `stats/a.ts names the runtime`. */
export function findForbiddenNames(
  sources: readonly Source[],
  names: readonly ForbiddenName[],
): readonly string[] {
  return names.flatMap(({ what, code, imports, except, within = [""] }) =>
    sources.filter(({ path, text }) =>
      within.some((start) => path.startsWith(start)) &&
      !except.some((start) => path.startsWith(start)) &&
      ((code?.test(codeOf(text)) ?? false) || (imports?.test(text) ?? false))
    ).map(({ path }) => `${path} names ${what}`)
  );
}

/** Comments, texts and templates. One pass, so that neither a quote in a comment nor slashes in a text mislead. */
const PARTS =
  /\/\*[\s\S]*?\*\/|(?<![:\\])\/\/.*$|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/gm;

/** What of a source runs: without comments and texts, as claims show code; the placeholders of a template run. */
function codeOf(text: string): string {
  return text.replace(
    PARTS,
    (part) => part.startsWith("`") ? (part.match(/\$\{[^}]*\}/g) ?? []).join("") : "",
  );
}
