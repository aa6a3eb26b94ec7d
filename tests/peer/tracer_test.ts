import { assert, assertEquals, assertRejects } from "@std/assert";
import { openKernel, requireLibc } from "../../src/kernel/libc.ts";
import { systemCallName } from "../../src/kernel/system_call_names.ts";
import { markTrace, TRACE_MARK } from "../../src/kernel/trace_system_calls.ts";
import { startTracer } from "../../src/peer/tracer.ts";
import { needs, unless } from "../support/needs.ts";

/** Why system calls cannot be counted here: containers often forbid ptrace. */
const refusal = await (async () => {
  const kernel = openKernel();
  if (!kernel.available) return kernel.reason;
  try {
    await using tracer = await startTracer();
    await tracer.attach(kernel.libc.symbols.gettid());
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
})();

/** The runtime makes calls of its own meanwhile (memory, futexes): only those that it never makes can be held to a number. */
const KNOWN = ["getppid", "sched_getaffinity", "shutdown"];
const known = (calls: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(calls).filter(([name]) => KNOWN.includes(name)));

Deno.test({
  ...needs(
    `startTracer() counts exactly what this thread calls between its marks`,
    unless(refusal),
  ),
  async fn() {
    const { gettid, getppid, shutdown } = requireLibc().symbols;
    await using tracer = await startTracer();
    // One after another, so that a thread is let go of and found again.
    for (const times of [1000, 0, 3]) {
      await tracer.attach(gettid());
      getppid();
      markTrace(TRACE_MARK.begin);
      for (let i = 0; i < times; i++) getppid();
      if (times === 3) shutdown(-1, 0);
      markTrace(TRACE_MARK.end);
      getppid();
      const expected = times === 0
        ? {}
        : times === 3
        ? { getppid: 3, shutdown: 1 }
        : { getppid: times };
      assertEquals(known(await tracer.detach()), expected);
    }
  },
});

Deno.test({
  ...needs(`startTracer() counts the system calls of an exchange over TCP`, unless(refusal)),
  async fn() {
    await using tracer = await startTracer();
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    using server = await listener.accept();
    const buffer = new Uint8Array(64);
    await tracer.attach(requireLibc().symbols.gettid());
    markTrace(TRACE_MARK.begin);
    for (let i = 0; i < 50; i++) {
      await client.write(buffer);
      await server.read(buffer);
    }
    markTrace(TRACE_MARK.end);
    const calls = await tracer.detach();
    const writes = (calls["sendto"] ?? 0) + (calls["write"] ?? 0) + (calls["writev"] ?? 0);
    const reads = (calls["recvfrom"] ?? 0) + (calls["read"] ?? 0);
    assert(writes >= 50 && reads >= 50, JSON.stringify(calls));
  },
});

Deno.test({
  ...needs(`startTracer() counts the calls of another process`, unless(refusal)),
  async fn() {
    const from = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const code = `
      import { requireLibc } from ${from("../../src/kernel/libc.ts")};
      import { allowTracer, markTrace } from ${from("../../src/kernel/trace_system_calls.ts")};
      const { gettid, getppid } = requireLibc().symbols;
      allowTracer(Number(Deno.args[0]));
      Deno.stdout.writeSync(new TextEncoder().encode(gettid() + "\\n"));
      Deno.stdin.readSync(new Uint8Array(1));
      markTrace(1);
      for (let i = 0; i < 1000; i++) getppid();
      markTrace(2);`;
    await using tracer = await startTracer();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-ffi", "--allow-import"]
        .concat(`data:text/typescript,${encodeURIComponent(code)}`, `${tracer.pid}`),
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    const tid = Number(new TextDecoder().decode((await reader.read()).value));
    await tracer.attach(tid);
    const writer = child.stdin.getWriter();
    await writer.write(Uint8Array.of(10));
    await writer.close();
    assert((await child.status).success);
    assertEquals(known(await tracer.detach()), { getppid: 1000 });
    await reader.cancel();
  },
});

Deno.test({
  ...needs(`a tracer says why it has no counts, and lets the thread go`, unless(refusal)),
  async fn() {
    const { gettid } = requireLibc().symbols;
    const tid = gettid();
    await using tracer = await startTracer();
    await tracer.attach(tid);
    await assertRejects(() => tracer.detach(), Error, `thread ${tid} did not set its begin mark`);
    await tracer.attach(tid);
    markTrace(TRACE_MARK.begin);
    await assertRejects(() => tracer.detach(), Error, `thread ${tid} did not set its end mark`);
    await tracer.attach(tid);
    markTrace(TRACE_MARK.end);
    await assertRejects(() => tracer.detach(), Error, `thread ${tid} set its end mark only`);
    await assertRejects(
      () => tracer.attach(2 ** 22 + 1),
      Error,
      "could not be traced: No such process (ESRCH)",
    );
    // A thread can have one tracer only.
    await using other = await startTracer();
    await tracer.attach(tid);
    await assertRejects(
      () => other.attach(tid),
      Error,
      `thread ${tid} could not be traced: Operation not permitted (EPERM)`,
    );
  },
});

Deno.test("systemCallName() names the calls of sockets, and numbers what is not listed", () => {
  const expected = Deno.build.arch === "aarch64"
    ? { 206: "sendto", 207: "recvfrom", 22: "epoll_pwait", 173: "getppid" }
    : { 44: "sendto", 45: "recvfrom", 232: "epoll_wait", 110: "getppid" };
  for (const [number, name] of Object.entries(expected)) {
    assertEquals(systemCallName(Number(number)), name);
  }
  assertEquals(systemCallName(99_999), "syscall 99999");
});
