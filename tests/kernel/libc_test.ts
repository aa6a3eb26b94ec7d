import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { openKernel, requireLibc } from "../../src/kernel/libc.ts";
import { errnoName, SystemError } from "../../src/kernel/system_error.ts";

const kernel = openKernel();

Deno.test({
  name: "Libc.check() throws what the last call failed of, named and in libc's words",
  ignore: !kernel.available,
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

Deno.test("openKernel() gives the reason where --allow-ffi is missing, and never prompts", async () => {
  const url = new URL("../../src/kernel/libc.ts", import.meta.url).href;
  const code = `import { openKernel } from ${JSON.stringify(url)};
    console.log(JSON.stringify(openKernel()));`;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      `data:text/typescript,${encodeURIComponent(code)}`,
    ],
    stderr: "null",
  }).output();
  assert(success);
  assertStringIncludes(new TextDecoder().decode(stdout), '"available":false');
});
