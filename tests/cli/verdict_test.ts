/** Success is never a default: whatever ends the process that measures, only a verdict that its parent has read is one. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { LINUX, needs } from "../support/needs.ts";
import {
  command,
  type Outcome,
  PERMISSIONS,
  sockbench,
  temporaryDirectory,
  TINY_RUN,
} from "./sockbench.ts";

/** Ways to end a process with exit code 0 before anything is judged. */
const ENDS: Readonly<Record<string, string>> = {
  "Deno.exit(0)": "setTimeout(() => Deno.exit(0));",
  "globalThis.close()": "setTimeout(() => globalThis.close());",
  "process.exit(0)": 'import process from "node:process"; setTimeout(() => process.exit(0));',
};

/** The first FFI call that a libc answers with the end of the process, without any event. */
const BARE_EXIT = `
const { symbols } = Deno.dlopen("libc.so.6", { _exit: { parameters: ["i32"], result: "void" } });
setTimeout(() => symbols._exit(0));`;

async function writeModule(directory: string, code: string): Promise<string> {
  const path = `${directory}/module.ts`;
  await Deno.writeTextFile(path, `${code}\nexport default {};\n`);
  return path;
}

/** Measured once for all tests, by its rounds. */
const measured = new Map<number, string>();

/** A record to judge against, in `baseline.json`. */
async function measureBaseline(directory: string, rounds = 6): Promise<string> {
  let text = measured.get(rounds);
  if (text === undefined) {
    const args = TINY_RUN.map((arg) => arg === "--rounds=1" ? `--rounds=${rounds}` : arg);
    const { code, err } = await sockbench([...args, "--format=json", "--out=baseline"], {
      cwd: directory,
    });
    assertEquals(code, 0, err);
    text = await Deno.readTextFile(`${directory}/baseline/latest.json`);
    measured.set(rounds, text);
  }
  await Deno.writeTextFile(`${directory}/baseline.json`, text);
  return "baseline.json";
}

function assertNoVerdict({ code, err }: Outcome, how: RegExp): void {
  assertEquals(code, 3, err);
  assertMatch(err, how);
}

for (const [name, code] of Object.entries(ENDS)) {
  Deno.test(`run and gate do not succeed when a module calls ${name}`, async () => {
    await using directory = await temporaryDirectory();
    const baseline = await measureBaseline(directory.path);
    const module = await writeModule(directory.path, code);
    for (const args of [TINY_RUN, ["gate", `--baseline=${baseline}`]]) {
      const outcome = await sockbench([...args, `--module=${module}`], { cwd: directory.path });
      assertNoVerdict(outcome, /cannot judge: (run|gate) ended without a verdict \(exit code 0\)/);
    }
  });
}

Deno.test({
  ...needs("run and gate do not succeed when FFI ends their process", LINUX),
  async fn() {
    await using directory = await temporaryDirectory();
    const baseline = await measureBaseline(directory.path);
    const module = await writeModule(directory.path, BARE_EXIT);
    for (const args of [TINY_RUN, ["gate", `--baseline=${baseline}`]]) {
      const outcome = await sockbench([...args, `--module=${module}`], {
        cwd: directory.path,
        permissions: [...PERMISSIONS, "--allow-ffi"],
      });
      assertNoVerdict(outcome, /ended without a verdict \(exit code 0\)/);
    }
  },
});

Deno.test({
  ...needs(
    "without a process of their own run and gate load no module that could end them through FFI",
    LINUX,
  ),
  async fn() {
    await using directory = await temporaryDirectory();
    const baseline = await measureBaseline(directory.path);
    const module = await writeModule(directory.path, BARE_EXIT);
    const alone = PERMISSIONS.filter((flag) => flag !== "--allow-run");
    for (const ffi of ["--allow-ffi", "--allow-ffi=/usr/lib,/lib,libc.so.6"]) {
      for (const args of [TINY_RUN, ["gate", `--baseline=${baseline}`]]) {
        const outcome = await sockbench([...args, `--module=${module}`], {
          cwd: directory.path,
          permissions: [...alone, ffi],
        });
        assertNoVerdict(outcome, /--allow-ffi needs --allow-run, .*; add --allow-run, or leave/);
      }
    }
    const { code, err } = await sockbench(TINY_RUN, {
      cwd: directory.path,
      permissions: [...alone, "--allow-ffi"],
    });
    assertEquals(code, 0, err);
  },
});

/** What a module that has found the pipe may write into it: what the child itself sends, as far as anybody else can know. */
const FORGED = `
const pipe = Deno.openSync("/proc/self/fd/3", { write: true });
setTimeout(() => {
  pipe.writeSync(new TextEncoder().encode('{"exitCode":0}\\n'));
  Deno.exit(0);
});`;

Deno.test({
  ...needs("run and gate do not succeed when a module forges a verdict in the pipe", LINUX),
  async fn() {
    await using directory = await temporaryDirectory();
    const baseline = await measureBaseline(directory.path);
    const module = await writeModule(directory.path, FORGED);
    for (const args of [TINY_RUN, ["gate", `--baseline=${baseline}`]]) {
      const outcome = await sockbench([...args, `--module=${module}`], { cwd: directory.path });
      assertNoVerdict(outcome, /ended without a verdict \(exit code 0\)/);
    }
  },
});

Deno.test("gate stays red when a listener of a module ends the process with 0 after the verdict", async () => {
  await using directory = await temporaryDirectory();
  const baseline = await measureBaseline(directory.path, 12);
  const module = await writeModule(
    directory.path,
    'addEventListener("unload", () => Deno.exit(0));',
  );
  const budget = `${directory.path}/gate.toml`;
  await Deno.writeTextFile(
    budget,
    '[[limits]]\ncase = "*"\nmetric = "p50"\nmax = "0.09 µs"\n',
  );
  const outcome = await sockbench(
    ["gate", `--baseline=${baseline}`, `--module=${module}`, `--budget-file=${budget}`],
    { cwd: directory.path },
  );
  assertEquals(outcome.code, 1, outcome.out + outcome.err);
});

Deno.test("run and gate do not succeed without the permission to start a child either", async () => {
  await using directory = await temporaryDirectory();
  const baseline = await measureBaseline(directory.path);
  const permissions = PERMISSIONS.filter((flag) => flag !== "--allow-run");
  for (const [name, code] of Object.entries(ENDS)) {
    const module = await writeModule(directory.path, code);
    for (const args of [TINY_RUN, ["gate", `--baseline=${baseline}`]]) {
      const outcome = await sockbench([...args, `--module=${module}`], {
        cwd: directory.path,
        permissions,
      });
      assertEquals(outcome.code, 3, `${name}: ${outcome.err}`);
    }
  }
  const { code, err } = await sockbench([...TINY_RUN], { cwd: directory.path, permissions });
  assertEquals(code, 0, err);
});

for (const name of ["run", "gate", "ab"]) {
  Deno.test({
    ...needs(`${name} does not succeed when the process that measures is killed`, LINUX),
    async fn() {
      await using directory = await temporaryDirectory();
      const baseline = await measureBaseline(directory.path);
      // More than anybody waits for.
      const path = `${directory.path}/${baseline}`;
      const text = await Deno.readTextFile(path);
      // One that was ended early: a whole one that lacks rounds could never be judged by.
      const long = text.replace(/"rounds": 6\b/, '"rounds": 10000')
        .replace(/"partial": false/, '"partial": true');
      await Deno.writeTextFile(path, long);
      const args = {
        run: [...TINY_RUN, "--rounds=10000"].filter((arg) => arg !== "--rounds=1"),
        gate: ["gate", `--baseline=${baseline}`],
        ab: ["ab", "--base=self", "--case=round-trip/tcp/bytes=64", "--pairs=10000"],
      }[name]!;
      const child = command(args, { cwd: directory.path }).spawn();
      const out = new Response(child.stdout).text();
      let err = "";
      let measuring: readonly number[] = [];
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
        err += text;
        if (measuring.length > 0) continue;
        measuring = childrenOf(child.pid).filter((pid) => commandLine(pid).includes("child_main"));
        assertEquals(measuring.length, 1, "the process that measures is a child");
        Deno.kill(measuring[0]!, "SIGKILL");
      }
      await out;
      assertEquals((await child.status).code, 3, err);
      assertMatch(err, /ended without a verdict \(signal SIGKILL\)/);
    },
  });
}

function childrenOf(pid: number): number[] {
  return Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean)
    .map(Number);
}

function commandLine(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`);
  } catch {
    return "";
  }
}

Deno.test({
  ...needs("the child has the flags of its parent, and no permission more", LINUX),
  async fn() {
    await using directory = await temporaryDirectory();
    const module = await writeModule(
      directory.path,
      `const states = [
         { name: "net" }, { name: "net", host: "127.0.0.1" }, { name: "ffi" }, { name: "env" },
         { name: "read", path: "/etc" }, { name: "read" }, { name: "sys" },
       ].map((query) => Deno.permissions.querySync(query)).map(({ state, partial }) => state + partial);
       throw new Error(states.join(" ") + " " + Deno.stdin.isTerminal());`,
    );
    const { code, err } = await sockbench([...TINY_RUN, `--module=${module}`], {
      cwd: directory.path,
      permissions: ["--allow-net=127.0.0.1", "--allow-read", "--deny-read=/etc", "--allow-run"],
    });
    assertMatch(
      err,
      /promptfalse grantedfalse promptfalse promptfalse deniedfalse grantedtrue promptfalse false/,
    );
    assertEquals(code, 2);
  },
});

Deno.test("gate reads a baseline from standard input, which its child inherits", async () => {
  await using directory = await temporaryDirectory();
  const baseline = await measureBaseline(directory.path);
  const input = await Deno.readTextFile(`${directory.path}/${baseline}`);
  const { code, err } = await sockbench(["gate", "--baseline=-"], { cwd: directory.path, input });
  assert(code !== 2, err);
  assert(!err.includes("cannot read"), err);
});
