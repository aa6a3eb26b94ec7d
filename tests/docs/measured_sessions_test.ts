import { assert, assertEquals, assertThrows } from "@std/assert";
import { pages, ROOT } from "../../docs/tools/pages.ts";
import {
  matchesSession,
  type MeasuredCommand,
  measuredSessions,
  moduleOf,
} from "../../docs/tools/sessions.ts";
import { needs, TWO_CORES } from "../support/needs.ts";
import { PERMISSIONS, sockbench, temporaryDirectory } from "../cli/sockbench.ts";

const sessions = (await pages()).flatMap(({ path, text }) =>
  measuredSessions(text).map((commands) => ({ path, commands, module: moduleOf(text) }))
);

Deno.test("matchesSession() compares all but figures and padding, and lets … stand for lines", () => {
  const pasted = ["Clock", "  cost  180 ns per call", "…", "Noise"];
  assert(matchesSession(pasted, "Clock\n  cost    93.5 ns per call\nmore\nNoise\n"));
  assert(matchesSession(pasted, "Clock\n  cost  9 ns per call\nNoise\n"));
  assert(!matchesSession(pasted, "Clock\n  cost  9 ns a call\nNoise\n"));
  assert(!matchesSession(pasted, "Clock\n  cost  9 ns per call\nNoise\nmore\n"));
});

Deno.test("measuredSessions() reads commands, what each printed, and the codes that are asked for", () => {
  const page = [
    "a",
    "```console measured",
    "$ deno task sockbench a 'b c'",
    "out",
    "$ echo $?",
    "3",
  ]
    .concat("$ deno task sockbench d", "```", "").join("\n");
  assertEquals(measuredSessions(page), [[
    { args: ["a", "b c"], lines: ["out"], code: 3 },
    { args: ["d"], lines: [], code: 0 },
  ]]);
  for (const line of ["ls", "$ ls"]) {
    assertThrows(() => measuredSessions(`\`\`\`console measured\n${line}\n\`\`\`\n`), Error, line);
  }
});

for (const session of sessions) {
  const [{ args }] = session.commands as [MeasuredCommand];
  const name = `the session of ${session.path} prints what was pasted, figures aside: ${
    args.join(" ")
  }`;
  // A generator that spins wants a core of its own.
  Deno.test({
    ...needs(name, ...(args[0] === "load" ? [TWO_CORES] : [])),
    fn: () => replay(session),
  });
}

async function replay({ commands, module }: (typeof sessions)[number]): Promise<void> {
  await using directory = await temporaryDirectory();
  if (module !== undefined) await Deno.writeTextFile(`${directory.path}/bench.ts`, module);
  // Where the page writes, and where this test does.
  const places = commands.flatMap(({ args }) => {
    const place = args[args.indexOf("--out") + 1];
    return args.includes("--out") && place !== undefined ? [place] : [];
  });
  const own = (place: string) => `${directory.path}/out-${places.indexOf(place)}`;
  const swap = (text: string, isBack = false) =>
    places.reduce(
      (done, place) =>
        isBack ? done.replaceAll(own(place), place) : done.replaceAll(place, own(place)),
      text,
    );
  for (const { args, lines, code: expected } of commands) {
    // With it ab, baseline and gate see how long they were kept off the CPU, and judge nothing where the machine is too busy.
    const isJudged = ["ab", "baseline", "gate"].includes(args[0]!);
    const { code, out, err } = await sockbench(args.map((arg) => swap(arg)), {
      permissions: isJudged ? PERMISSIONS : [...PERMISSIONS, "--allow-ffi"],
      cwd: module === undefined ? ROOT.pathname : directory.path,
    });
    assertEquals(code, expected, `${args.join(" ")}: ${err}`);
    assert(matchesSession(lines, swap(out, true)), out);
  }
}

Deno.test("every guide has a session, or says here why it needs none", () => {
  const without = new Map([
    ["docs/how-to/cite.md", "nothing is run"],
    ["docs/how-to/runtimes.md", "runtimes come from npm, and the figures stand in a report"],
    ["docs/how-to/reference-tools.md", "the tools are not there"],
  ]);
  return pages().then((all) => {
    const guides = all.filter(({ path }) => path.startsWith("docs/how-to/"));
    assert(guides.length > 10);
    for (const { path, text } of guides) {
      assertEquals(text.includes("```console"), !without.has(path), path);
    }
  });
});
