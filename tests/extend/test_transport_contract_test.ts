import { assertEquals, assertStringIncludes } from "@std/assert";
import { temporaryDirectory } from "../cli/sockbench.ts";

const entry = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

/** Runs the contract over a transport that is written down as source. */
async function contractOf(source: string): Promise<{ code: number; out: string }> {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/mine_test.ts`;
  await Deno.writeTextFile(
    file,
    `import { testTransportContract } from ${entry("src/extend/mod.ts")};
import { tcp as built } from ${entry("mod.ts")};
const tcp = built as any;
await testTransportContract(${source});`,
  );
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "-A", "--no-check", "--quiet", "--no-prompt"],
      ...["--config", new URL("../deno.json", import.meta.url).pathname, file],
    ],
    env: { NO_COLOR: "1" },
  }).output();
  return { code, out: new TextDecoder().decode(stdout) };
}

Deno.test("testTransportContract() passes a transport outside the repository that keeps the contract", async () => {
  const { code, out } = await contractOf(`{ ...tcp, name: "mine" }`);
  assertEquals(code, 0, out);
  assertStringIncludes(out, "mine echoes 1000003 bytes whole and in order ... ok");
});

Deno.test("testTransportContract() fails one that does not keep it", async () => {
  const { code, out } = await contractOf(`{
    ...tcp,
    name: "mine",
    async connect(...args) {
      const channel = await tcp.connect(...args);
      let isClosed = false;
      return Object.assign(Object.create(channel), {
        read: (buffer) => channel.read(buffer),
        write: (data) => channel.write(data),
        closeWrite: () => channel.closeWrite(),
        close() {
          if (isClosed) throw new Error("closed twice");
          isClosed = true;
          channel.close();
        },
      });
    },
  }`);
  assertEquals(code, 1);
  assertStringIncludes(out, "closing twice is harmless ... FAILED");
});

Deno.test("testTransportContract() ignores one that is not available here, with the reason", async () => {
  const { code, out } = await contractOf(
    `{ ...tcp, name: "mine", probe: () => Promise.resolve({ available: false, reason: "no such net" }) }`,
  );
  assertEquals(code, 0, out);
  assertStringIncludes(out, "mine keeps the contract (ignored: no such net) ... ignored");
});
