import { assertEquals } from "@std/assert";
import { countVerdict, shortenAnswer } from "../../src/claim/format_figure.ts";

Deno.test("shortenAnswer() cuts between parts, and never within a number or an interval", () => {
  const answer = "tcp: 12.1 µs [11.9, 12.2], then 49.3 µs [45.4, 57.0] in 12 of 12 rounds";
  assertEquals(shortenAnswer(answer, 100), answer);
  assertEquals(shortenAnswer(answer, 60), "tcp: 12.1 µs [11.9, 12.2]…");
  assertEquals(shortenAnswer(answer, 22), "tcp…");
  for (let most = 1; most < answer.length; most++) {
    const short = shortenAnswer(answer, most).slice(0, -1);
    assertEquals(answer.startsWith(short) && !/[\d.\[]$/.test(short), true, short);
  }
});

Deno.test("shortenAnswer() cuts a reason between words", () => {
  const reason = "the kernel lets this user make no network namespace at all on this machine";
  assertEquals(shortenAnswer(reason, 40), "the kernel lets this user make no…");
});

Deno.test("countVerdict() has the verb agree with the number", () => {
  assertEquals(countVerdict(1, "does not hold"), "1 does not hold");
  assertEquals(countVerdict(4, "does not hold"), "4 do not hold");
  assertEquals(countVerdict(23, "holds"), "23 hold");
  assertEquals(countVerdict(2, "holds in part"), "2 hold in part");
  assertEquals(countVerdict(2, "undecided"), "2 undecided");
});
