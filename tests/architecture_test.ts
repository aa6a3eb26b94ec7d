/** The import graph is the architecture: this test fails when a room is left (DESIGN: rooms and what each may touch). */

import { assert, assertEquals } from "@std/assert";

const SRC = new URL("../src/", import.meta.url);

/** What each room may import from, besides itself. Files directly in src/ are rooms of their own. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "clock.ts": [],
  units: [],
  model: ["units"],
  stats: [],
  kernel: [],
  transport: ["kernel"],
  workload: ["clock.ts", "model", "stats", "transport"],
  scenario: ["model", "workload"],
  "catalog.ts": ["model", "scenario", "transport", "units", "workload"],
  plan: ["catalog.ts", "model", "transport", "units"],
  record: ["model", "units"],
  peer: ["catalog.ts", "clock.ts", "kernel", "model", "transport", "workload"],
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
    "workload",
  ],
  compare: ["model", "plan", "record", "stats", "units"],
  report: ["compare", "model", "plan", "record", "stats", "units"],
  ab: [
    "catalog.ts",
    "clock.ts",
    "compare",
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
    "model",
    "peer",
    "plan",
    "report",
    "run",
    "stats",
    "transport",
    "units",
    "workload",
  ],
};

/** Rooms that may import everything: they join the others. */
const JOINING = ["cli"];

/** Files and rooms that may name the runtime. */
const MAY_NAME_RUNTIME = [
  "clock.ts",
  "transport/",
  "kernel/",
  "peer/",
  "ab/",
  "run/environment.ts",
  "run/system_files.ts",
  "cli/",
];

interface Source {
  readonly path: string;
  readonly text: string;
}

function readSources(directory = SRC, prefix = ""): Source[] {
  return [...Deno.readDirSync(directory)].flatMap((entry): Source[] => {
    const url = new URL(entry.name + (entry.isDirectory ? "/" : ""), directory);
    const path = prefix + entry.name;
    if (entry.isDirectory) return readSources(url, `${path}/`);
    return path.endsWith(".ts") ? [{ path, text: Deno.readTextFileSync(url) }] : [];
  });
}

function importsOf({ path, text }: Source): string[] {
  const specifiers = [...text.matchAll(/(?:\bfrom|^import|\bimport\()\s*"(\.[^"]+)"/gm)];
  return specifiers
    .map(([, specifier]) => new URL(specifier!, new URL(path, SRC)).href)
    .filter((href) => href.startsWith(SRC.href))
    .map((href) => href.slice(SRC.href.length));
}

const roomOf = (path: string) => path.split("/")[0]!;

/**
 * What of a source runs: without comments and texts, as claims show code; the placeholders of a template run. One pass, so that neither
 * a quote in a comment nor slashes in a text mislead.
 */
const codeOf = (text: string) =>
  text.replace(
    /\/\*[\s\S]*?\*\/|(?<![:\\])\/\/.*$|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/gm,
    (part) => part.startsWith("`") ? (part.match(/\$\{[^}]*\}/g) ?? []).join("") : "",
  );
const sources = readSources();

Deno.test("every room of src/ is on the map", () => {
  const known = new Set([...Object.keys(MAY_IMPORT), ...JOINING]);
  assertEquals(
    [...new Set(sources.map((s) => roomOf(s.path)))].filter((room) => !known.has(room)),
    [],
  );
});

Deno.test("no room imports what it may not", () => {
  const wrong: string[] = [];
  for (const source of sources) {
    const room = roomOf(source.path);
    if (JOINING.includes(room)) continue;
    for (const target of importsOf(source)) {
      const other = roomOf(target);
      if (other !== room && !MAY_IMPORT[room]!.includes(other)) {
        wrong.push(`${source.path} → ${target}`);
      }
    }
  }
  assertEquals(wrong, []);
});

Deno.test("only the rooms that touch the machine name Deno or performance", () => {
  const wrong = sources
    .filter(({ path }) => !MAY_NAME_RUNTIME.some((allowed) => path.startsWith(allowed)))
    .filter(({ text }) =>
      /\bDeno\.|\bperformance\./.test(codeOf(text)) || /from "node:process"/.test(text)
    )
    .map(({ path }) => path);
  assertEquals(wrong, []);
});

Deno.test("only clock.ts reads the time of measurements", () => {
  const wrong = sources
    .filter(({ path }) => path !== "clock.ts" && !path.startsWith("cli/"))
    .filter(({ text }) => /performance\.now|Date\.now|hrtime/.test(codeOf(text)))
    .map(({ path }) => path);
  assertEquals(wrong, []);
});

Deno.test("only cli/ prints", () => {
  const wrong = sources
    .filter(({ path }) =>
      !path.startsWith("cli/") && !/^(peer\/process|ab\/agent)_main\.ts$/.test(path)
    )
    .filter(({ text }) => /\bconsole\./.test(codeOf(text)))
    .map(({ path }) => path);
  assertEquals(wrong, []);
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

Deno.test("the graph was really read", () => {
  assert(sources.length > 40);
  const runPlan = sources.find((s) => s.path === "run/run_plan.ts")!;
  assert(importsOf(runPlan).includes("peer/open_peer.ts"));
});
