import { assertEquals } from "@std/assert";
import { LINUX, needs } from "../support/needs.ts";

const from = (file: string) =>
  JSON.stringify(new URL(`../../src/kernel/${file}.ts`, import.meta.url).href);

Deno.test({
  ...needs("without --allow-ffi every wrapper of the kernel room says so in one sentence", LINUX),
  fn: refusesWithoutFfi,
});

async function refusesWithoutFfi() {
  const calls = [
    ["affinity", "getAffinity()"],
    ["affinity", "setAffinity([0])"],
    ["affinity", "currentCore()"],
    ["rusage", 'readUsage("thread")'],
    ["kernel_file", 'readKernelFile("/proc/version")'],
    ["counters", "readCounters()"],
    ["options", 'getOption(3, "SO_TYPE")'],
    ["options", 'setOption(3, "SO_SNDBUF", 4096)'],
    ["options", "unsentBytes(3)"],
    ["tcp_info", "readTcpInfo(3)"],
    ["find_fd", 'findFd({ addr: { transport: "tcp", hostname: "127.0.0.1", port: 1 } })'],
    ["find_fd", "openSockets()"],
    ["socket_settings", "readSettings(3)"],
    ["monotonic", "rawMonotonicNs()"],
    ["trace_system_calls", "markTrace(1)"],
    ["socket_filter", 'loseSegments(3, "everything")'],
    ["capabilities", 'hasCapability("CAP_NET_BIND_SERVICE")'],
  ] as const;
  const code = calls.map(([file, call]) => `
    try {
      (await import(${from(file)})).${call};
      console.log("passed");
    } catch (error) {
      console.log(String(error));
    }`).join("");
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-import", "--allow-read"]
      .concat(`data:text/javascript,${encodeURIComponent(code)}`),
    stderr: "inherit",
  }).output();
  assertEquals(
    new TextDecoder().decode(stdout).trim().split("\n"),
    calls.map(() => "Error: Cannot call libc: it needs --allow-ffi"),
  );
}
