import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Outcome, sockbench, temporaryDirectory } from "./sockbench.ts";

const from = (path: string) => JSON.stringify(import.meta.resolve(`../../src/${path}`));
const CASE = "few/mine/bytes=64";

/**
 * A module whose transport is TCP, but for what becomes of the last connection of each generation: a warm-up, of which one is enough as the
 * case says how many exchanges it has, and two trials.
 */
function moduleOf(third: string): string {
  return `import { tcp } from ${from("transport/tcp.ts")};
import { roundTrip } from ${from("scenario/round_trip.ts")};
let opened = 0;
const grid = [{ transports: ["mine"], params: { bytes: [64] } }];
export default {
  scenarios: [{
    ...roundTrip,
    id: "few",
    contrasts: [],
    grid: { quick: grid, standard: grid, thorough: grid },
    budget: () => ({ warmupNs: 0, measureNs: 60e9, maxOperations: 200 }),
    expectedNs: () => 20e6,
  }],
  transports: [{
    ...tcp,
    name: "mine",
    async connect(endpoint, options) {
      const isThird = ++opened % 3 === 0;
      ${third}
      return await tcp.connect(endpoint, options);
    },
  }],
};
`;
}

/** A job of two folders, the head's with a fault. */
async function against(base: string, head: string): Promise<Outcome & { text: string }> {
  await using directory = await temporaryDirectory();
  for (const [side, third] of [["base", base], ["head", head]] as const) {
    await Deno.mkdir(`${directory.path}/${side}`);
    await Deno.writeTextFile(`${directory.path}/${side}/bench.ts`, moduleOf(third));
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

const REFUSES = `if (isThird) throw new Deno.errors.ConnectionRefused("refused on purpose");`;

Deno.test("sockbench ab is red for a head that refuses every third connection, and asks fresh agents first", async () => {
  const { code, err, text } = await against("", REFUSES);
  assertEquals(code, 1, err + text);
  assertMatch(
    text,
    /^Regressed: 1 of 1 cell \(worst: \S+ failures: 15 of 30 trials failed in head/,
  );
  assertMatch(err, /1 cell flagged; measuring 1 case again on fresh agents/);
  assertMatch(text, /On fresh agents 15 of 30 trials failed in head, 0 of 30 in base/);
  assertStringIncludes(text, "ConnectionRefused: refused on purpose");
});

Deno.test("sockbench ab finds failures of both sides alike, and does not judge by what is left of a half", async () => {
  const { code, err, text } = await against(REFUSES, REFUSES);
  assertEquals(code, 3, err + text);
  assertMatch(
    text,
    /^Cannot judge: 1 cell is incomparable; failed trials: 10 in base, 10 in head\./,
  );
  assertStringIncludes(
    text,
    "failures: 10 of 20 trials failed in head, 10 of 20 in base (p = 0.62, adjusted p = 0.62): no more than chance explains",
  );
});
