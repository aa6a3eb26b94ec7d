import { assertEquals, assertMatch } from "@std/assert";
import { readKernelFile } from "../../src/kernel/kernel_file.ts";
import { LIBC, needs } from "../support/needs.ts";

Deno.test({
  ...needs("readKernelFile() reads what Deno reads, to the end, whatever its length", LIBC),
  async fn() {
    assertEquals(readKernelFile("/proc/version"), await Deno.readTextFile("/proc/version"));
    const path = await Deno.makeTempFile();
    try {
      for (const length of [0, 1, 32768, 32769, 300_000, 5]) {
        const text = Array.from({ length }, (_, i) => String.fromCharCode(97 + i % 23)).join("");
        await Deno.writeTextFile(path, text);
        assertEquals(readKernelFile(path), text);
      }
    } finally {
      await Deno.remove(path);
    }
  },
});

Deno.test({
  ...needs("readKernelFile() gives undefined for what does not exist or cannot be read", LIBC),
  fn() {
    for (const path of ["/proc/nothing", "/proc/version/x", "/proc", ""]) {
      assertEquals(readKernelFile(path), undefined);
    }
  },
});

Deno.test({
  ...needs("readKernelFile() needs no permission but --allow-ffi", LIBC),
  async fn() {
    const url = new URL("../../src/kernel/kernel_file.ts", import.meta.url).href;
    const code = `import { readKernelFile } from ${JSON.stringify(url)};
      console.log(readKernelFile("/proc/self/net/sockstat"));`;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--allow-ffi",
        "--allow-import",
        `data:text/typescript,${encodeURIComponent(code)}`,
      ],
    }).output();
    assertMatch(new TextDecoder().decode(stdout), /^TCP: inuse \d+/m);
  },
});

Deno.test({
  ...needs(
    "readKernelFile() reads a setting of /proc/sys also after a file of many megabytes",
    LIBC,
  ),
  fn: async () => {
    const path = await Deno.makeTempFile();
    try {
      // The buffer that all reads share has grown beyond what such a file lets itself be asked for.
      await Deno.writeFile(path, new Uint8Array(9 * 2 ** 20));
      assertEquals(readKernelFile(path)?.length, 9 * 2 ** 20);
      assertEquals(/^\d+\n$/.test(readKernelFile("/proc/sys/net/core/somaxconn")!), true);
    } finally {
      await Deno.remove(path);
    }
  },
});
