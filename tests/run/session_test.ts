import "../support/open_quic.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { SettingsError } from "../../src/plan/settings.ts";
import { measure } from "../../src/run/measure.ts";
import { Session } from "../../src/run/session.ts";
import type { StreamTransport } from "../../src/transport/transport.ts";
import { tcp } from "../../src/transport/tcp.ts";
import { catalogWith, NO_ENVIRONMENT } from "../support/small_catalog.ts";

const INPUT = {
  scenarios: ["round-trip"],
  transports: ["mine"],
  params: { bytes: [64] },
  profile: "quick",
  rounds: 2,
  peer: "loop",
  seed: 7,
} as const;

/** TCP under another name, which counts how often it is looked at. */
function counted(): { readonly transport: StreamTransport; readonly probes: () => number } {
  let probes = 0;
  const transport: StreamTransport = {
    ...(tcp as StreamTransport),
    name: "mine",
    title: "TCP, counted",
    probe: (options) => (probes++, tcp.probe(options)),
  };
  return { transport, probes: () => probes };
}

Deno.test("Session plans and measures what was asked for, and removes its directory", async () => {
  const { transport, probes } = counted();
  let directory: string;
  {
    await using session = await Session.open({ catalog: catalogWith({ transports: [transport] }) });
    directory = session.directory;
    const plan = await session.plan(INPUT);
    assertEquals(plan.cases.map(({ id }) => id), ["round-trip/mine/bytes=64"]);
    const events: string[] = [];
    const record = await session.measure(plan, {
      command: "test",
      environment: NO_ENVIRONMENT,
      onEvent: ({ kind }) => void events.push(kind),
    });
    assertEquals(record.trials.map(({ case: id, round }) => [id, round]), [
      ["round-trip/mine/bytes=64", 1],
      ["round-trip/mine/bytes=64", 2],
    ]);
    assertEquals(record.settings.command, "test");
    assertEquals(record.environment, NO_ENVIRONMENT);
    assertEquals(events, ["trial", "round", "trial", "round"]);
    assertEquals(record.partial, false);
    // A second plan of the same transport asks nothing of the machine again.
    await session.plan({ ...INPUT, seed: 8 });
    assertEquals(probes(), 1);
  }
  await assertRejects(() => Deno.stat(directory), Deno.errors.NotFound);
});

Deno.test("Session.probe() looks at what is needed, and at the rest when it is asked for", async () => {
  const { transport, probes } = counted();
  await using session = await Session.open({ catalog: catalogWith({ transports: [transport] }) });
  assert(!(await session.probe(new Set(["tcp"]))).has("mine"));
  assertEquals(probes(), 0);
  const all = await session.probe();
  assert([...session.catalog.transports.keys()].every((id) => all.has(id)));
  assertEquals(probes(), 1);
});

Deno.test("Session.plan() refuses what does not exist, and uses a peer that can be had where none is named", async () => {
  await using session = await Session.open();
  await assertRejects(() => session.plan({ scenarios: ["round-trp"] }), SettingsError, "round-trp");
  const { peer: _, ...free } = INPUT;
  const plan = await session.plan({ ...free, transports: ["tcp"] });
  assert(["loop", "worker", "process"].includes(plan.settings.peer));
  assertEquals(
    plan.skipped.some(({ what }) => what === "peer process"),
    plan.settings.peer !== "process",
  );
});

Deno.test("Session.measure() ends at once when it is told to, and its record is partial", async () => {
  await using session = await Session.open();
  const plan = await session.plan({ ...INPUT, transports: ["tcp"] });
  const record = await session.measure(plan, {
    environment: NO_ENVIRONMENT,
    signal: AbortSignal.abort(),
  });
  assertEquals([record.partial, record.trials.length], [true, 0]);
});

Deno.test("measure() is a session of one plan, and its record names the call that repeats it", async () => {
  const { transport } = counted();
  const record = await measure(INPUT, { catalog: catalogWith({ transports: [transport] }) });
  assertEquals(record.trials.length, 2);
  assertEquals(record.settings.command, `measure(${JSON.stringify(INPUT)})`);
});

/** A program that does not end is killed after this time, and the test fails by its exit code. */
const HUNG_MS = 60_000;

Deno.test("a program that has measured over quic ends by itself", async () => {
  const program = `import { measure } from ${JSON.stringify(import.meta.resolve("../../mod.ts"))};
const { trials } = await measure({ scenarios: ["round-trip"], transports: ["quic"], profile: "quick", rounds: 1, peer: "loop" });
console.log(trials.length);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--frozen", "-"],
    cwd: new URL("../../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const timer = setTimeout(() => child.kill("SIGKILL"), HUNG_MS);
  const { code, stdout } = await child.output();
  clearTimeout(timer);
  assertEquals({ code, out: new TextDecoder().decode(stdout) }, { code: 0, out: "2\n" });
});
