import { pathToFileURL } from "node:url";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  assertRefused,
  MAIN,
  names,
  PERMISSIONS,
  sockbench,
  sockbenchEach,
  temporaryDirectory,
  TINY_RUN,
} from "./sockbench.ts";

/** What a tiny run wrote, by its name below --out; measured once for all tests. */
let written: ReadonlyMap<string, Uint8Array> | undefined;

/** A directory with a record and report of a tiny run. */
async function measured(): Promise<{ path: string; record: string } & AsyncDisposable> {
  const directory = await temporaryDirectory();
  if (written === undefined) {
    const { code, err } = await sockbench([...TINY_RUN, "--out", directory.path]);
    assertEquals(code, 0, err);
    const all = names(directory.path).flatMap((name) =>
      name === "latest-charts"
        ? names(`${directory.path}/${name}`).map((one) => `${name}/${one}`)
        : [name]
    );
    written = new Map(all.map((name) => [name, Deno.readFileSync(`${directory.path}/${name}`)]));
  } else {
    await Deno.mkdir(`${directory.path}/latest-charts`);
    for (const [name, bytes] of written) await Deno.writeFile(`${directory.path}/${name}`, bytes);
  }
  return {
    path: directory.path,
    record: `${directory.path}/latest.json`,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

/** A report in a file refers to charts beside it; the text is the same without. */
function withoutCharts(markdown: string): string {
  return markdown.replace(/^!\[.*\n\n/gm, "").replace("## The run\n\n", "")
    .replace(/<details><summary>\d+ further charts?<\/summary>\n\n<\/details>\n\n/g, "");
}

/** Rendering reads a file and needs nothing else. */
const READ_ONLY = { permissions: ["--allow-read"] };

Deno.test("sockbench report renders a record as the run itself did", async () => {
  await using run = await measured();
  const again = `${run.path}/again`;
  await Deno.mkdir(again);
  const { code, err } = await sockbench(["report", run.record, "--out", `${again}/latest.md`]);
  assertEquals({ code, err }, { code: 0, err: `${again}/latest.md\n` });
  const read = (path: string) => Deno.readTextFile(path);
  const text = await read(`${again}/latest.md`);
  assertEquals(text, await read(`${run.path}/latest.md`));
  const charts = names(`${again}/latest-charts`);
  assert(charts.length > 0);
  for (const name of charts) {
    assertStringIncludes(text, `](latest-charts/${name})`);
    assertEquals(
      await read(`${again}/latest-charts/${name}`),
      await read(`${run.path}/latest-charts/${name}`),
    );
  }
});

Deno.test("sockbench report to standard output refers to no chart, as nothing is beside it", async () => {
  await using run = await measured();
  const { code, out, err } = await sockbench(["report", run.record], READ_ONLY);
  assertEquals({ code, err }, { code: 0, err: "" });
  assertMatch(out, /^# /);
  assert(!out.includes("!["));
});

Deno.test("sockbench report removes the charts of an earlier report of that name, and nothing else", async () => {
  await using run = await measured();
  const file = `${run.path}/again.md`;
  await sockbench(["report", run.record, "--out", file]);
  const charts = names(`${run.path}/again-charts`);
  const own = await Deno.readTextFile(`${run.path}/again-charts/${charts[0]}`);
  await Deno.writeTextFile(`${run.path}/again-charts/nagle-cdf-loop.svg`, own);
  await Deno.writeTextFile(`${run.path}/again-charts/drawn-by-hand.svg`, "<svg/>");
  const { code } = await sockbench(["report", run.record, "--out", file]);
  assertEquals(code, 0);
  assertEquals(names(`${run.path}/again-charts`), [...charts, "drawn-by-hand.svg"].sort());
});

Deno.test("sockbench report whose charts find no place is written without them, and says so", async () => {
  await using run = await measured();
  await Deno.writeTextFile(`${run.path}/again-charts`, "a file in the way");
  const file = `${run.path}/again.md`;
  const { code, err } = await sockbench(["report", run.record, "--out", file]);
  assertEquals(code, 2);
  assertMatch(
    err,
    /cannot write the charts of .*again\.md to .*again-charts: .*; the report does without them/,
  );
  assert(!(await Deno.readTextFile(file)).includes("!["));
});

Deno.test("sockbench report renders every format to a file or to standard output, from standard input too", async () => {
  await using run = await measured();
  const input = await Deno.readTextFile(run.record);
  const formats = ["md", "html", "csv", "json"];
  const toFiles = await sockbenchEach(formats.map((format) => {
    const file = `${run.path}/again.${format}`;
    return ["report", run.record, `--format=${format}`, "--out", file];
  }));
  for (const [index, format] of formats.entries()) {
    const file = `${run.path}/again.${format}`;
    const toFile = toFiles[index];
    const told = format === "html" ? pathToFileURL(file).href : file;
    assertEquals(toFile, { code: 0, out: "", err: `${told}\n` });
    const piped = await sockbench(["report", "-", "-f", format, "--out", "-"], {
      ...READ_ONLY,
      input,
    });
    const written = await Deno.readTextFile(file);
    assertEquals(piped.out, format === "md" ? withoutCharts(written) : written);
    if (format === "json") JSON.parse(piped.out);
  }
});

Deno.test("sockbench report says of --open, which is gone, what serves instead", async () => {
  assertRefused(
    await sockbench(["report", "latest.json", "--open"]),
    /--open is gone: write it with --format html --out <file>, and follow the link/,
  );
});

Deno.test("sockbench report refuses in one sentence what is no record", async () => {
  await using run = await measured();
  const whole = await Deno.readTextFile(run.record);
  const faults: readonly (readonly [string, RegExp])[] = [
    [whole.slice(0, whole.length / 2), /broken\.json as a record/],
    ["", /broken\.json as a record/],
    ["not json", /broken\.json as a record/],
    ["{}", /broken\.json as a record/],
    [whole.replace(/"schemaVersion": \d+/, '"schemaVersion": 999'), /999/],
  ];
  const lines: string[][] = [];
  for (const [index, [text]] of faults.entries()) {
    const broken = `${run.path}/${index}-broken.json`;
    await Deno.writeTextFile(broken, text);
    lines.push(["report", broken]);
  }
  const outcomes = await sockbenchEach(lines, READ_ONLY);
  for (const [index, [, sentence]] of faults.entries()) {
    assertRefused(outcomes[index]!, sentence);
  }
});

Deno.test("sockbench report refuses files it cannot read or write", async () => {
  await using run = await measured();
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /report needs <record\.json>/],
    [[`${run.path}/missing.json`], /missing\.json: there is no such file/],
    [[run.path], /it is a directory/i],
    [[run.record, "--format=mdd"], /no format "mdd" .* did you mean md\?/],
    [[run.record, "--out", run.path], new RegExp(`cannot write ${run.path}: `)],
    [
      [run.record, "--out", "/dev/full"],
      /cannot write \/dev\/full: Deno does not let this task write below \/proc, \/sys and \/dev/,
    ],
  ];
  const outcomes = await sockbenchEach(refusals.map(([args]) => ["report", ...args]));
  for (const [index, [, sentence]] of refusals.entries()) {
    assertRefused(outcomes[index]!, sentence);
  }
  const refused = async (args: readonly string[], sentence: RegExp, permissions: string[]) =>
    assertRefused(await sockbench(["report", ...args], { permissions }), sentence);
  await refused([run.record], /permission missing \(--allow-read\)/, []);
  await refused([run.record, "--out", "x.md"], /permission missing \(--allow-write\)/, [
    "--allow-read",
  ]);
  await refused([run.record, "--out", "/dev/full"], /cannot write \/dev\/full: /, ["--allow-all"]);
  assertEquals((await Deno.stat("/dev/full")).isCharDevice, true);
});

Deno.test("sockbench report to a standard output that is full is no bug", async () => {
  await using run = await measured();
  const words = ["run", "--quiet", "--no-prompt", ...PERMISSIONS, MAIN, "report", run.record];
  const { code, stderr } = await new Deno.Command("bash", {
    args: ["-c", '"$0" "$@" > /dev/full', Deno.execPath(), ...words],
  }).output();
  assertEquals(
    { code, err: new TextDecoder().decode(stderr) },
    { code: 2, err: "sockbench: cannot write to standard output: No space left on device\n" },
  );
});

Deno.test("sockbench report says how to see the stack of an unexpected error, and shows it with SOCKBENCH_DEBUG", async () => {
  await using directory = await temporaryDirectory();
  // Standard input that is a directory is nothing a user meets.
  const env = { SOCKBENCH_DEBUG: "1" };
  const { explainBug } = { explainBug: `${directory.path}/bug.ts` };
  await Deno.writeTextFile(
    explainBug,
    `import { main } from ${JSON.stringify(new URL("../../src/cli/main.ts", import.meta.url).href)};
     const print = (text: string) => { Deno.stderr.writeSync(new TextEncoder().encode(text)); };
     Deno.exit(await main(["help"], {
       out() { throw new TypeError("broken on purpose"); },
       err: print, outIsTerminal: false, errIsTerminal: false, columns: () => 80, colour: false,
     }));`,
  );
  const start = async (permissions: string[]) => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", ...permissions, explainBug],
      env,
    }).output();
    return { code, err: new TextDecoder().decode(stderr) };
  };
  const silent = await start([]);
  assertEquals(silent.code, 70);
  assertEquals(
    silent.err,
    "sockbench: unexpected TypeError: broken on purpose (a bug; set SOCKBENCH_DEBUG=1 for the stack)\n",
  );
  assertStringIncludes((await start(["--allow-env=SOCKBENCH_DEBUG"])).err, "    at ");
});
