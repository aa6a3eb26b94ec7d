/** The import graph is the architecture: this test fails when a room is left (CONTRIBUTING has the map of rooms). */

import { assert, assertEquals } from "@std/assert";
import {
  findCircles,
  findForbiddenImports,
  findForbiddenNames,
  findUnknownRooms,
  type ForbiddenName,
  importGraph,
  roomGraph,
  type RoomMap,
  type Source,
} from "./support/import_graph.ts";

const SRC = new URL("../src/", import.meta.url);

/** What each room may import from, besides itself. Files directly in src/ are rooms of their own. */
const MAY_IMPORT: RoomMap = {
  "clock.ts": [],
  "mains.ts": [],
  units: [],
  text: [],
  stats: [],
  kernel: [],
  model: ["units"],
  // The handshake of TLS is timed where it happens.
  transport: ["clock.ts", "kernel"],
  workload: ["clock.ts", "model", "stats", "transport"],
  scenario: ["model", "workload"],
  "part_fault.ts": ["units"],
  "catalog.ts": ["model", "part_fault.ts", "scenario", "transport", "units", "workload"],
  plan: ["catalog.ts", "model", "transport", "units"],
  record: ["model", "text", "units"],
  peer: ["catalog.ts", "clock.ts", "kernel", "mains.ts", "model", "text", "transport", "workload"],
  run: [
    "catalog.ts",
    "clock.ts",
    "kernel",
    "model",
    "peer",
    "plan",
    "record",
    "stats",
    "transport",
    "units",
    "workload",
  ],
  extend: ["catalog.ts", "clock.ts", "model", "transport", "units", "workload"],
  compare: ["model", "plan", "record", "stats", "text", "units"],
  gate: ["compare", "model", "plan", "record", "stats", "text", "units"],
  "report/document": ["model", "text", "units"],
  "report/write": ["report/document", "text"],
  report: [
    "compare",
    "gate",
    "model",
    "plan",
    "record",
    "report/document",
    "report/write",
    "stats",
    "text",
    "units",
  ],
  ab: [
    "catalog.ts",
    "clock.ts",
    "compare",
    "gate",
    "mains.ts",
    "model",
    "peer",
    "plan",
    "record",
    "run",
    "stats",
    "transport",
    "units",
  ],
  claim: [
    "catalog.ts",
    "clock.ts",
    "compare",
    "kernel",
    "mains.ts",
    "model",
    "peer",
    "plan",
    "report",
    "report/document",
    "run",
    "stats",
    "text",
    "transport",
    "units",
    "workload",
  ],
  cli: [
    "ab",
    "catalog.ts",
    "claim",
    "clock.ts",
    "compare",
    "gate",
    "kernel",
    "mains.ts",
    "model",
    "peer",
    "plan",
    "record",
    "report",
    "report/document",
    "report/write",
    "run",
    "stats",
    "text",
    "transport",
    "units",
  ],
};

/** Files and rooms that touch the machine. */
const RUNTIME = [
  "clock.ts",
  "transport/",
  "kernel/",
  "peer/",
  "ab/",
  "extend/",
  "run/environment.ts",
  "run/health.ts",
  "run/system_files.ts",
  // As the two above: what the environment is read from.
  "run/suite_commit.ts",
  "cli/",
];

const FORBIDDEN: readonly ForbiddenName[] = [
  {
    what: "the runtime",
    code: /\b(?:Deno|performance|globalThis|navigator)\b|\bnew Worker\b|\bfetch\(/,
    except: RUNTIME,
  },
  {
    what: "a module of Node",
    imports: /(?:\bfrom|\bimport|\bimport\()\s*"node:/,
    // Hashes without waiting.
    except: [...RUNTIME, "report/write/html/content_hash.ts"],
  },
  {
    what: "the time of measurements",
    code: /performance\.now|Date\.now|hrtime/,
    except: ["clock.ts", "cli/"],
  },
  {
    what: "the console",
    code: /\bconsole\b/,
    except: ["cli/", "peer/host.ts"],
  },
  {
    what: "chance without a seed",
    code: /Math\.random|getRandomValues|randomUUID/,
    except: ["plan/settings.ts", "run/run_id.ts", "transport/", "cli/"],
  },
  {
    what: "a timer",
    code: /\bset(?:Timeout|Interval)\b/,
    except: ["clock.ts", "transport/", "peer/", "ab/", "run/", "cli/"],
  },
  {
    // What is right of the kernel keeps its type until a writer formats it.
    what: "the reading of texts",
    code: /\.(?:split|match|matchAll)\(/,
    within: ["compare/", "report/"],
    // The page's own script runs in a browser.
    except: ["report/write/html/page_script.ts"],
  },
  {
    what: "the parsing of quantities",
    code: /\bparseQuantity\b/,
    within: ["compare/", "gate/", "report/"],
    except: ["gate/gate_policy.ts", "gate/gate_policy.ts"],
  },
];

function readSources(directory = SRC, prefix = ""): Source[] {
  return [...Deno.readDirSync(directory)].flatMap((entry): Source[] => {
    const url = new URL(entry.name + (entry.isDirectory ? "/" : ""), directory);
    const path = prefix + entry.name;
    if (entry.isDirectory) return readSources(url, `${path}/`);
    return path.endsWith(".ts") ? [{ path, text: Deno.readTextFileSync(url) }] : [];
  });
}

const sources = readSources();

Deno.test("every room of src/ is on the map", () => {
  assertEquals(findUnknownRooms(sources, MAY_IMPORT), []);
});

Deno.test("no room imports what it may not", () => {
  assertEquals(findForbiddenImports(sources, MAY_IMPORT), []);
});

Deno.test("the rooms have no circle, as they are and as they may be", () => {
  assertEquals(findCircles(roomGraph(sources, MAY_IMPORT)), []);
  assertEquals(findCircles(new Map(Object.entries(MAY_IMPORT))), []);
});

Deno.test("the files of src/ have no circle", () => {
  assertEquals(findCircles(importGraph(sources)), []);
});

Deno.test("no room uses a name that is not its own to use", () => {
  assertEquals(findForbiddenNames(sources, FORBIDDEN), []);
});

Deno.test("no file is named for nothing", () => {
  const wrong = sources.filter(({ path }) =>
    /(^|\/)(utils?|helpers?|types|common|misc)\.ts$/.test(path)
  );
  assertEquals(wrong.map(({ path }) => path), []);
});

Deno.test("files stay within 350 lines", () => {
  const long = sources.filter(({ path, text }) =>
    path !== "units/metric_rows.ts" && text.split("\n").length > 350
  );
  assertEquals(long.map(({ path }) => path), []);
});

Deno.test("the graph is the one that Deno itself resolves", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-remote", new URL("cli/main.ts", SRC).pathname],
  }).output();
  interface Module {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
    }[];
  }
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[] };
  const graph = importGraph(sources);
  const pathOf = (specifier: string | undefined) =>
    specifier?.startsWith(SRC.href) ? specifier.slice(SRC.href.length) : undefined;
  const ours = modules.flatMap((module) => pathOf(module.specifier) === undefined ? [] : [module]);
  assert(ours.length > 150, `${ours.length} modules`);
  for (const { specifier, dependencies = [] } of ours) {
    const targets = dependencies.map(({ code, type }) => pathOf((code ?? type)?.specifier));
    const path = pathOf(specifier)!;
    assertEquals(
      [...graph.get(path)!].sort(),
      [...new Set(targets.filter((target) => target !== undefined))].sort(),
      path,
    );
  }
});

Deno.test("a writer of reports knows the Document and texts, and nothing else", () => {
  const graph = importGraph(sources);
  const writers = [...graph].filter(([path]) => path.startsWith("report/write/"));
  assert(writers.length > 15, `${writers.length} writers`);
  const others = writers.flatMap(([path, targets]) =>
    [...targets].filter((one) => !/^(text|report\/document|report\/write)\//.test(one))
      .map((one) => `${path} imports ${one}`)
  );
  assertEquals(others, []);
});

/** The tree with further files in it. */
function plant(...files: readonly (readonly [path: string, text: string])[]): readonly Source[] {
  return [...sources, ...files.map(([path, text]) => ({ path, text }))];
}

Deno.test("a planted room, import, circle or name is found", async (t) => {
  const found: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      "a room that is not on the map",
      findUnknownRooms(plant(["extras/more.ts", ""]), MAY_IMPORT),
      ["extras"],
    ],
    [
      "an import that the map forbids",
      findForbiddenImports(plant(["stats/planted.ts", 'import "../cli/main.ts";']), MAY_IMPORT),
      ["stats/planted.ts → cli/main.ts"],
    ],
    [
      "an import of types alone",
      findForbiddenImports(
        plant(["units/planted.ts", 'import type { Case } from "../model/case.ts";']),
        MAY_IMPORT,
      ),
      ["units/planted.ts → model/case.ts"],
    ],
    [
      "an import made when it is needed",
      findForbiddenImports(
        plant(["record/planted.ts", 'await import("../run/run_plan.ts");']),
        MAY_IMPORT,
      ),
      ["record/planted.ts → run/run_plan.ts"],
    ],
    [
      "an import of cli/ that nobody allowed",
      findForbiddenImports(
        plant(["cli/planted.ts", 'export * from "../workload/registry.ts";']),
        MAY_IMPORT,
      ),
      ["cli/planted.ts → workload/registry.ts"],
    ],
    [
      "an import of what is not there",
      findForbiddenImports(plant(["run/planted.ts", 'import "./gone.ts";']), MAY_IMPORT),
      ["run/planted.ts → run/gone.ts"],
    ],
    [
      "two rooms that import each other",
      findCircles(
        roomGraph(
          plant(["stats/planted.ts", 'import "../compare/summarize.ts";']),
          MAY_IMPORT,
        ),
      ),
      ["compare → stats → compare"],
    ],
    [
      "two rooms that may import each other",
      findCircles(new Map(Object.entries({ ...MAY_IMPORT, units: ["model"] }))),
      ["model → units → model"],
    ],
    [
      "two files of cli/ that import each other",
      findCircles(importGraph(plant(
        ["cli/a.ts", 'import { b } from "./b.ts";'],
        ["cli/b.ts", 'import type { A } from "./a.ts";'],
      ))),
      ["cli/a.ts → cli/b.ts → cli/a.ts"],
    ],
    [
      "a file that imports itself",
      findCircles(importGraph(plant(["run/planted.ts", 'import "./planted.ts";']))),
      ["run/planted.ts → run/planted.ts"],
    ],
    [
      "no circle in a comment",
      findCircles(importGraph(plant(["run/planted.ts", '// import "./planted.ts";']))),
      [],
    ],
    ...([
      ["model/planted.ts", "const { pid } = Deno;", "the runtime"],
      ["report/planted.ts", "const at = `${performance.timeOrigin} ms`;", "the runtime"],
      ["workload/planted.ts", 'const answer = await fetch("x");', "the runtime"],
      ["plan/planted.ts", 'import { cpus } from "node:os";', "a module of Node"],
      ["run/planted.ts", "const at = Date.now();", "the time of measurements"],
      ["compare/planted.ts", 'console.log("x");', "the console"],
      ["run/planted.ts", "const first = Math.random();", "chance without a seed"],
      ["workload/planted.ts", "setTimeout(() => {}, 1);", "a timer"],
      ["compare/planted.ts", 'const q = parseQuantity("5%");', "the parsing of quantities"],
      ["report/build/planted.ts", 'const [transport] = title.split(", ");', "the reading of texts"],
    ] as const).map(([path, line, what]) =>
      [
        `${what} in ${path}`,
        findForbiddenNames(plant([path, line]), FORBIDDEN),
        [`${path} names ${what}`],
      ] as const
    ),
    [
      "no name in a text or a comment",
      findForbiddenNames(plant(["model/planted.ts", '"Deno.pid"; // Deno.pid']), FORBIDDEN),
      [],
    ],
  ];
  for (const [what, is, wanted] of found) await t.step(what, () => assertEquals(is, wanted));
});

const TESTS = new URL("./", import.meta.url);

Deno.test("bench/ has files for deno bench at its root, and programs in validation/", () => {
  const root = [...Deno.readDirSync(new URL("../bench/", import.meta.url))];
  const others = root.filter(({ isFile, name }) => isFile && !name.endsWith("_bench.ts"));
  assertEquals(others.map(({ name }) => name), []);
});

/** What the README asks for, of coreutils what a test may want: programs that a test may start without a word. */
const ASKED_FOR = "bash git node npx sh cat env false head mkfifo nice sleep stty tail timeout true"
  .split(" ");

/** Every TypeScript file below tests/, with its text. */
function testFiles(folder = TESTS): { path: string; text: string }[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) return testFiles(url);
    return name.endsWith(".ts")
      ? [{ path: url.pathname.slice(TESTS.pathname.length), text: Deno.readTextFileSync(url) }]
      : [];
  });
}

/** Lines that ignore a test by hand, or start a program without a need for it in the same file. */
function needsMissing({ path, text }: { path: string; text: string }): string[] {
  const byHand = [...text.matchAll(/^\s*ignore(?:,|: (?!\[).*,)$/gm)].map(([line]) => line.trim());
  const started = [...text.matchAll(/new Deno\.Command\("([^"]+)"/g)].map(([, name]) => name!)
    .filter((name) => !ASKED_FOR.includes(name) && !/\bneeds\(/.test(text));
  return [...byHand, ...started].map((what) => `${path}: ${what}`);
}

Deno.test("every test that not every machine can run is ignored through needs(), which gives the reason", () => {
  const found = testFiles().filter(({ path }) =>
    !["support/needs.ts", "support/needs_test.ts", "architecture_test.ts"].includes(path)
  );
  assert(found.length > 100);
  assertEquals(
    found.flatMap(needsMissing),
    [],
    "say what it needs with needs() of tests/support/needs.ts",
  );
  const planted = { path: "a.ts", text: 'x({\n  ignore: !here,\n});\nnew Deno.Command("zsh", {})' };
  assertEquals(needsMissing(planted), ["a.ts: ignore: !here,", "a.ts: zsh"]);
});
