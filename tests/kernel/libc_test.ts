import { assert, assertEquals, assertThrows } from "@std/assert";
import { requireLibc } from "../../src/kernel/libc.ts";
import { errnoName, SystemError } from "../../src/kernel/system_error.ts";
import { LIBC, needs } from "../support/needs.ts";

Deno.test({
  ...needs("Libc.check() throws what the last call failed of, named and in libc's words", LIBC),
  fn() {
    const libc = requireLibc();
    const error = assertThrows(
      () => libc.check(libc.symbols.listen(-1, 1), "listen"),
      SystemError,
    );
    assertEquals([error.code, error.errno], ["EBADF", 9]);
    assertEquals(error.message, "listen failed: Bad file descriptor (EBADF)");
    assertEquals(libc.check(libc.symbols.gettid(), "gettid") > 0, true);
  },
});

Deno.test("errnoName() names what Linux names, and shows the number of what it does not", () => {
  assertEquals([1, 11, 22, 93, 94, 97, 104, 105, 111].map(errnoName), [
    "EPERM",
    "EAGAIN",
    "EINVAL",
    "EPROTONOSUPPORT",
    "ESOCKTNOSUPPORT",
    "EAFNOSUPPORT",
    "ECONNRESET",
    "ENOBUFS",
    "ECONNREFUSED",
  ]);
  assertEquals(errnoName(4711), "errno 4711");
});

/**
 * What openKernel() says in a process of its own.
 *
 * @param before code that makes it another machine
 * @param permissions what the process may do
 */
async function openElsewhere(before: string, permissions: readonly string[]): Promise<unknown> {
  const url = new URL("../../src/kernel/libc.ts", import.meta.url).href;
  const code = `${before}
    const { openKernel } = await import(${JSON.stringify(url)});
    const { available, reason } = openKernel();
    console.log(JSON.stringify({ available, reason }));`;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-import", "--allow-read", ...permissions]
      .concat(`data:text/javascript,${encodeURIComponent(code)}`),
    stderr: "null",
  }).output();
  assert(success);
  return JSON.parse(new TextDecoder().decode(stdout));
}

const isLinux = `Object.defineProperty(Deno, "build", { value: { os: "linux", arch: "x86_64" } });`;

Deno.test("openKernel() gives the reason where --allow-ffi is missing, and never prompts", async () => {
  assertEquals(await openElsewhere(isLinux, []), {
    available: false,
    reason: "it needs --allow-ffi",
  });
});

for (const [os, arch] of [["linux", "riscv64"], ["darwin", "aarch64"], ["windows", "x86_64"]]) {
  Deno.test(`openKernel() stays closed on ${os} on ${arch}, whatever is allowed`, async () => {
    const build = JSON.stringify({ os, arch });
    const before = `Object.defineProperty(Deno, "build", { value: ${build} });`;
    assertEquals(await openElsewhere(before, ["--allow-ffi"]), {
      available: false,
      reason: `it needs Linux on x86_64 or aarch64, this is ${os} on ${arch}`,
    });
  });
}

Deno.test("openKernel() says in one line that another libc than glibc is there", async () => {
  const before = `${isLinux}
    Deno.dlopen = () => { throw new Error("libc.so.6: cannot open\\nshared object file"); };`;
  assertEquals(await openElsewhere(before, ["--allow-ffi"]), {
    available: false,
    reason:
      "it needs glibc as libc.so.6, which could not be opened: libc.so.6: cannot open shared object file",
  });
});
