import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Outcome, sockbench, temporaryDirectory } from "./sockbench.ts";

const TCP = import.meta.resolve("../../src/transport/tcp.ts");
const CASE = "round-trip/mine/bytes=64";

/** A module whose transport is TCP, but for what becomes of the last connection of each generation: a warm-up and eight trials. */
function moduleOf(ninth: string): string {
  return `import { tcp } from ${JSON.stringify(TCP)};
let opened = 0;
export default {
  transports: [{
    ...tcp,
    name: "mine",
    async connect(endpoint, options) {
      const isNinth = ++opened % 9 === 0;
      ${ninth}
      return await tcp.connect(endpoint, options);
    },
  }],
};
`;
}

/** A job of two folders, the head's with a fault. */
async function against(base: string, head: string): Promise<Outcome & { text: string }> {
  await using directory = await temporaryDirectory();
  for (const [side, ninth] of [["base", base], ["head", head]] as const) {
    await Deno.mkdir(`${directory.path}/${side}`);
    await Deno.writeTextFile(`${directory.path}/${side}/bench.ts`, moduleOf(ninth));
  }
  const outcome = await sockbench([
    "ab",
    "--base=dir:base",
    "--head=dir:head",
    "--module=bench.ts",
    "--transport=mine",
    `--case=${CASE}`,
    "--metric=headline",
    "--pairs=20",
    "--precision=50%",
    "--budget=1s",
    "--threshold=1000%",
    "--out=out",
  ], { cwd: directory.path });
  return { ...outcome, text: outcome.out.replaceAll(/\s+/g, " ") };
}

const REFUSES = `if (isNinth) throw new Deno.errors.ConnectionRefused("refused on purpose");`;

Deno.test("sockbench ab is red for a head that refuses every ninth connection, and asks fresh agents first", async () => {
  const { code, err, text } = await against("", REFUSES);
  assertEquals(code, 1, err + text);
  assertMatch(
    text,
    /^Regressed: 1 of 1 cell \(worst: \S+ failures: 11 of 88 trials failed in head/,
  );
  assertMatch(err, /1 cell flagged; measuring 1 case again on fresh agents/);
  assertMatch(text, /On fresh agents 11 of 88 trials failed in head, 0 of 88 in base/);
  assertStringIncludes(text, "ConnectionRefused: refused on purpose");
});

Deno.test("sockbench ab finds failures of both sides alike, and does not judge by what is left of an eighth", async () => {
  const { code, err, text } = await against(REFUSES, REFUSES);
  assertEquals(code, 3, err + text);
  assertMatch(text, /^Cannot judge: 1 cell is incomparable; failed trials: 7 in base, 7 in head\./);
  assertStringIncludes(
    text,
    "failures: 7 of 56 trials failed in head, 7 of 56 in base (p = 0.61, adjusted p = 0.61): no more than chance explains",
  );
});
