import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Outcome, sockbench, temporaryDirectory } from "./sockbench.ts";

const TCP = import.meta.resolve("../../src/transport/tcp.ts");
const CASE = "round-trip/mine/bytes=64";

/** A module whose transport is TCP, but for what becomes of every tenth connection. */
function moduleOf(tenth: string): string {
  return `import { tcp } from ${JSON.stringify(TCP)};
let opened = 0;
export default {
  transports: [{
    ...tcp,
    name: "mine",
    async connect(endpoint, options) {
      const isTenth = ++opened % 10 === 0;
      ${tenth}
      return await tcp.connect(endpoint, options);
    },
  }],
};
`;
}

/** A job of two folders, the head's with a fault. */
async function against(base: string, head: string): Promise<Outcome & { text: string }> {
  await using directory = await temporaryDirectory();
  for (const [side, tenth] of [["base", base], ["head", head]] as const) {
    await Deno.mkdir(`${directory.path}/${side}`);
    await Deno.writeTextFile(`${directory.path}/${side}/bench.ts`, moduleOf(tenth));
  }
  const outcome = await sockbench([
    "ab",
    "--base=dir:base",
    "--head=dir:head",
    "--module=bench.ts",
    "--transport=mine",
    `--case=${CASE}`,
    "--pairs=20",
    "--precision=50%",
    "--budget=1s",
    "--threshold=1000%",
    "--out=out",
  ], { cwd: directory.path });
  return { ...outcome, text: outcome.out.replaceAll(/\s+/g, " ") };
}

const REFUSES = `if (isTenth) throw new Deno.errors.ConnectionRefused("refused on purpose");`;

Deno.test("sockbench ab does not pass a head that refuses every tenth connection, and asks fresh agents first", async () => {
  const { code, err, text } = await against("", REFUSES);
  assertEquals(code, 3, err + text);
  assertMatch(text, /^Cannot judge: head fails in 1 case; failed trials: 0 in base, 2 in head\./);
  assertMatch(err, /1 cell flagged; measuring 1 case again on fresh agents/);
  assertMatch(text, /On fresh agents 2 of 20 trials failed in head, 0 of 20 in base/);
  assertStringIncludes(text, "ConnectionRefused: refused on purpose");
});

Deno.test("sockbench ab does not pass a head that hangs in two of twenty trials", async () => {
  const hangs = `if (isTenth) await new Promise(() => {});`;
  const { code, err, text } = await against("", hangs);
  assertEquals(code, 3, err + text);
  assertMatch(text, /^Cannot judge: head fails in 1 case; failed trials: 0 in base, 2 in head\./);
  assertStringIncludes(text, "timeout: the trial with peer loop did not end within");
});

Deno.test("sockbench ab passes a head that fails no more often than its base, and reports both", async () => {
  const { code, err, text } = await against(REFUSES, REFUSES);
  assertEquals(code, 0, err + text);
  assertMatch(text, /^Passed: .*; failed trials: 2 in base, 2 in head\./);
});
