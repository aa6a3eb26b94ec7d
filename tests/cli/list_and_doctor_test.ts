import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describeNoise, judgeNoise } from "../../src/cli/machine_checks.ts";
import { measureClock } from "../../src/cli/machine_checks.ts";
import { createCatalog } from "../../src/catalog.ts";
import { factOf } from "../../src/model/environment.ts";
import { sockbench } from "./sockbench.ts";

Deno.test("sockbench list is one line per scenario and one per transport, and names no case", async () => {
  const { code, out } = await sockbench(["list", "--profile=quick"]);
  assertEquals(code, 0);
  const { scenarios, transports } = createCatalog();
  // A scenario and a transport may have the same name, as tls.
  const split = out.search(/^Scenarios/m);
  assert(split > 0, out);
  const linesOf = (id: string, text: string) =>
    text.split("\n").filter((line) => line.startsWith(`  ${id} `));
  const [byDefault, onDemand] = out.slice(split).split("On demand");
  for (const { id, question, onDemand: isOnDemand } of scenarios.values()) {
    assertEquals(linesOf(id, out.slice(split)).length, 1, id);
    assertStringIncludes((isOnDemand ? onDemand : byDefault)!, question);
  }
  for (const [id, { title }] of transports) {
    const [line, ...others] = linesOf(id, out.slice(0, split));
    assertEquals(others, []);
    assertStringIncludes(line!, title);
    assertMatch(line!, /\((available|not available: .+)/);
  }
  assert(!out.includes("/tcp/"), out);
});

Deno.test("sockbench list gives the reason of a transport that is missing once, on its line", async () => {
  const { out } = await sockbench(["list"], { permissions: ["--allow-net=127.0.0.1"] });
  const lines = out.split("\n").filter((line) => /^ *(transport )?unix[ :]/.test(line));
  assertEquals(lines.length, 1, out);
  assertMatch(lines[0]!, /not available: .*permission missing/);
});

Deno.test("sockbench list <scenario> shows parameters and metrics with units, and the cases", async () => {
  const { code, out } = await sockbench(["list", "nagle", "--profile=quick"]);
  assertEquals(code, 0);
  assertMatch(out, /^nagle: What does Nagle/);
  assertMatch(out, /--param gap=<count, in µs> +time between/);
  assertMatch(out, /--param body=<size, in B, KiB or MiB> +size of/);
  assertMatch(out, /^ +p50 .*in ns to s, lower is better$/m);
  assertMatch(out, /^ +nagle\/tcp\/nagle=on,pattern=write-read,header=64$/m);
  assert(!out.includes("round-trip"));
  const data = JSON.parse((await sockbench(["list", "close", "--json"])).out);
  assertEquals(data.scenarios.map((one: { id: string }) => one.id), ["close"]);
  assert(data.cases.length > 0);
  assert(data.cases.every((one: { scenario: string }) => one.scenario === "close"));
});

Deno.test("sockbench list refuses a scenario that there is not, and suggests only what is near", async () => {
  const near = await sockbench(["list", "nagel"]);
  assertEquals({ code: near.code, out: near.out }, { code: 2, out: "" });
  assertMatch(near.err, /no scenario "nagel" .*; did you mean nagle\?/);
  const far = await sockbench(["list", "elgan"]);
  assertEquals(far.code, 2);
  assert(!far.err.includes("did you mean"), far.err);
});

Deno.test("sockbench list --json is data, with the reason of what is not available", async () => {
  const { code, out } = await sockbench(["list", "--json", "--profile=quick"], {
    permissions: ["--allow-net=127.0.0.1"],
  });
  assertEquals(code, 0);
  const listed = JSON.parse(out);
  assertEquals(listed.profile, "quick");
  assert(listed.cases.some((c: { id: string }) => c.id === "round-trip/tcp/bytes=64"));
  const unix = listed.transports.find((t: { id: string }) => t.id === "unix");
  assertEquals(unix.available, false);
  assertMatch(unix.reason, /permission missing/);
  assertEquals(listed.scenarios.length, createCatalog().scenarios.size);
});

Deno.test("sockbench doctor --json tells machine, permissions, clock, transports and noise", async () => {
  const { code, out, err } = await sockbench(["doctor", "--json", "--peer=loop"]);
  assertEquals({ code, err }, { code: 0, err: "" });
  const found = JSON.parse(out);
  assertEquals(factOf(found.environment, "deno"), Deno.version.deno);
  assert(found.clock.costNs > 0);
  // The command line of these tests has every permission of the task but --allow-ffi.
  assertEquals(found.permissions.map((p: { state: string }) => p.state), [
    ...Array(5).fill("granted"),
    "missing",
  ]);
  assertEquals(found.noise.map((n: { peer: string }) => n.peer), ["loop"]);
  assertMatch(found.noise[0].verdict, /^(good|fair|poor)$/);
  assertEquals(found.noise[0].trials, 20);
  // The command line of these tests has no --allow-ffi.
  assertMatch(found.socketpair.reason, /^it needs --allow-ffi/);
});

Deno.test("sockbench doctor works without any permission and says what each missing one costs", async () => {
  const { code, out, err } = await sockbench(["doctor"], { permissions: [] });
  assertEquals({ code, err }, { code: 0, err: "" });
  for (const name of ["net", "read", "write", "run", "sys", "ffi"]) {
    assertMatch(out, new RegExp(`--allow-${name} +missing: \\w`));
  }
  assertStringIncludes(out, "no idle round trip could be measured");
  assertMatch(out, /socket pair +not read: it needs --allow-ffi/);
});

Deno.test("judgeNoise() tells good, fair and poor by the spread between trials", () => {
  const around = (spread: number) =>
    Array.from({ length: 20 }, (_, i) => 10_000 * (1 + spread * ((i % 5) - 2)));
  assertEquals(judgeNoise("loop", around(0.003)).verdict, "good");
  assertEquals(judgeNoise("loop", around(0.03)).verdict, "fair");
  assertEquals(judgeNoise("loop", around(0.15)).verdict, "poor");
  assertMatch(
    describeNoise(judgeNoise("loop", around(0.003))),
    /^p50 of an idle round trip \(10\.0 µs\) varies 0\.4 % between rounds: good$/,
  );
});

Deno.test("judgeNoise() names both modes of bimodal trials instead of a spread between them", () => {
  const p50s = Array.from({ length: 20 }, (_, i) => (i % 4 === 0 ? 15_000 : 10_000) + i);
  const noise = judgeNoise("process", p50s);
  assertEquals(noise.verdict, "fair");
  assertMatch(
    describeNoise(noise),
    /is bimodal, 10\.0 µs in 75 % of the trials and 15\.0 µs in 25 %/,
  );
});

Deno.test("measureClock() finds step and cost of a scripted clock", () => {
  let calls = 0;
  // Advances 50 ns a call and shows steps of 200 ns.
  const clock = { nowNs: () => Math.floor(calls++ * 50 / 200) * 200 };
  const { stepNs, costNs } = measureClock(clock);
  assertEquals(stepNs, 200);
  assertEquals(Math.round(costNs), 50);
});
