import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { MAX_REPLAY_LINES, parseReplay } from "../../src/plan/parse_replay.ts";
import { SettingsError } from "../../src/plan/settings.ts";

const parse = (text: string) => parseReplay(text, "traces/sizes.csv");

/** Sizes and gaps of one pass and one request more. */
async function linesOf(text: string): Promise<readonly (readonly number[])[]> {
  const replay = await parse(text);
  return Array.from({ length: replay.count + 1 }, (_, index) => {
    const { request, replyBytes } = replay.shapeAt(index);
    return [request.length, replyBytes, replay.gapsNs[index % replay.count]!];
  });
}

Deno.test("parseReplay() reads lines in order and round again, with and without names, comments, CRLF and a BOM", async () => {
  const expected = [[300, 20_000, 150e3], [80, 400, 500], [300, 20_000, 0], [300, 20_000, 150e3]];
  const plain = "300,20000,150\n80,400,0.5\n300,20000,0\n";
  assertEquals(await linesOf(plain), expected);
  const dressed = `\uFEFFrequest bytes,reply bytes,gap µs\r\n# from production\r\n\r\n` +
    "300,20000,150\r\n 80 , 400 , 0.5 \r\n# the end\r\n300,20000,0";
  assertEquals(await linesOf(dressed), expected);
});

Deno.test("parseReplay() names the file for case ids, and its text by a hash", async () => {
  const one = await parse("300,20000,150\n");
  assertEquals(one.name, "sizes.csv");
  assertEquals((await parseReplay("9,1,1\n", "/tmp/a b,c.csv")).name, "a_b_c.csv");
  assert(/^[0-9a-f]{16}$/.test(one.hash), one.hash);
  assertEquals((await parse("300,20000,150\n")).hash, one.hash);
  assertNotEquals((await parse("300,20000,151\n")).hash, one.hash);
  assertEquals(JSON.parse(JSON.stringify(one)), { name: "sizes.csv", hash: one.hash });
});

Deno.test("parseReplay() finds the largest and smallest with their lines, and the rate of the file", async () => {
  const replay = await parse("# a comment\n8,5,100\n900,5,300\n8,70000,0\n8,3,0\n");
  assertEquals(replay.largest, {
    request: { bytes: 900, line: 3 },
    reply: { bytes: 70_000, line: 4 },
  });
  assertEquals(replay.smallestReply, { bytes: 3, line: 5 });
  assertEquals(replay.ratePerSecond, 4 / 400e-6);
  assertEquals((await parse("8,1,0\n")).ratePerSecond, Infinity);
});

Deno.test("parseReplay() makes each kind of request once, which holds the length of its reply", async () => {
  const replay = await parse("300,20000,1\n300,20000,2\n300,65536,2\n");
  assertEquals(replay.shapeAt(0), replay.shapeAt(1));
  assert(replay.shapeAt(0) === replay.shapeAt(1) && replay.shapeAt(0) !== replay.shapeAt(2));
  assertEquals([...replay.shapeAt(2).request.subarray(0, 8)], [0, 0, 0, 0, 0, 1, 0, 0]);
  replay.prepareStreams();
  assertEquals([...replay.shapeAt(2).request.subarray(0, 8)], [0, 0, 1, 44, 0, 1, 0, 0]);
});

/** Text that is refused, and what the sentence must hold. */
const REFUSED: readonly (readonly [text: string, ...words: string[]])[] = [
  ["", "holds no request"],
  ["# nothing\nrequest,reply,gap\n", "holds no request"],
  ["300,20000,150\n300;20000;150\n", "line 2", "semicolons or tabs"],
  ["300,20000,1,5\n", "line 1", "it has 4", "decimals have a point"],
  ["300,20000\n", "line 1", "it has 2"],
  ["7,20000,1\n", "line 1", "a request of 8 to", 'it is "7"'],
  ["300,0,1\n", "line 1", "a reply of 1 to"],
  ["300,-1,1\n", "line 1", "a reply of 1 to"],
  ["3e2,1,1\n", "line 1", "a request of 8"],
  ["300,67108865,1\n", "line 1", "67108864 bytes"],
  ["# one\n\n300,20,-5\n", "line 3", "a gap from 0 to 10000000 µs"],
  ["300,20,10000001\n", "line 1", "a gap from 0"],
  ["300,20,fast\n", "line 1", 'it is "fast"'],
  ["request,reply,gap\nrequest,reply,gap\n", "line 2", 'it is "request"'],
  ["3\u00000\u00000\u0000,\u0000", "is UTF-16"],
];

for (const [text, ...words] of REFUSED) {
  Deno.test(`parseReplay() refuses ${JSON.stringify(text)}`, async () => {
    const { message } = await assertRejects(() => parse(text), SettingsError);
    for (const word of ["traces/sizes.csv", ...words]) assert(message.includes(word), message);
    assert(!message.includes("\n") && !message.endsWith("."), message);
  });
}

Deno.test("parseReplay() takes a million lines and no more", async () => {
  const most = "8,1,1\n".repeat(MAX_REPLAY_LINES);
  assertEquals((await parse(most)).count, MAX_REPLAY_LINES);
  const { message } = await assertRejects(() => parse(`${most}8,1,1\n`), SettingsError);
  assert(message.includes("line 1000001") && message.includes("1000000 requests"), message);
});

Deno.test("parseReplay() refuses more different requests than it would make beforehand", async () => {
  const large = Array.from({ length: 5 }, (_, index) => `${2 ** 26 - index},1,1`).join("\n");
  const { message } = await assertRejects(() => parse(large), SettingsError);
  assert(message.includes("line 5") && message.includes("256 MiB"), message);
});
