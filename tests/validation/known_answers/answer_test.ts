import { alter } from "../../support/environments.ts";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type Answer,
  answerOf,
  CONFIDENCE,
  exitCodeOf,
  MAX_ANSWERS,
  recoveryOf,
} from "../../../bench/validation/known_answers/answer.ts";
import { goodput, tcpFrame, udpFrame } from "../../../bench/validation/known_answers/frame.ts";
import { renderKnownAnswers } from "../../../bench/validation/known_answers/report.ts";
import { NO_ENVIRONMENT } from "../../support/small_catalog.ts";

/** Twenty readings whose ratios to their own truth run evenly from `low` to `high`. */
function spread(low: number, high: number): Answer {
  const readings = Array.from({ length: 20 }, (_, k) => ({
    true: 10 + k,
    measured: (10 + k) * (low + (high - low) * k / 19),
  }));
  return answerOf("something known", " µs", readings);
}

Deno.test("answerOf() holds each reading against its own truth", () => {
  const answer = spread(1, 1);
  assertEquals(answer.true, 19.5);
  assertEquals([answer.ratio.low, answer.ratio.estimate, answer.ratio.high], [1, 1, 1]);
  assertEquals(answer.ratio.n, 20);
});

Deno.test("answerOf() widens the interval by what the suite's own figures are known to, to both sides", () => {
  const readings = Array.from({ length: 12 }, () => ({ true: 50, measured: 51 }));
  const { ratio } = answerOf("a delay", " µs", readings, 0.03);
  assertAlmostEquals(ratio.low, 0.99);
  assertAlmostEquals(ratio.high, 1.05);
  assertEquals(ratio.estimate, 1.02);
});

Deno.test("recoveryOf() is yes only where the whole interval lies around the truth and near it", () => {
  assertEquals(recoveryOf(spread(0.995, 1.005)), "yes");
  assertEquals(recoveryOf(spread(1, 1)), "yes");
  // Right in the median, but it could have been anything.
  assertEquals(recoveryOf(spread(0.9, 1.1)), "cannot tell");
  assertEquals(recoveryOf(spread(0.98, 1.06)), "cannot tell");
  // Near, but surely beside it.
  assertEquals(recoveryOf(spread(1.004, 1.006)), "no");
  assertEquals(recoveryOf(spread(0.5, 0.6)), "no");
});

Deno.test("recoveryOf() cannot tell of readings that are too few for their interval", () => {
  const few = Array.from({ length: 5 }, () => ({ true: 1, measured: 1 }));
  assertEquals(recoveryOf(answerOf("few", "", few)), "cannot tell");
  assert(answerOf("few", "", few).ratio.warning !== undefined);
});

Deno.test("exitCodeOf() is 1 where one answer is not recovered, 3 where nobody can tell of one or none was tried, else 0", () => {
  const [yes, no, unsure] = [spread(1, 1), spread(2, 2), spread(0.5, 1.5)];
  assertEquals(exitCodeOf([]), 3);
  assertEquals(exitCodeOf([yes, yes]), 0);
  assertEquals(exitCodeOf([yes, unsure]), 3);
  assertEquals(exitCodeOf([unsure, no, yes]), 1);
});

Deno.test("as many answers as are allowed hold at once with 95 %", () => {
  assert(MAX_ANSWERS * (1 - CONFIDENCE) <= 0.05 + 1e-12);
});

Deno.test("goodput() is the payload's share of full Ethernet frames", () => {
  assertEquals(tcpFrame(1_500, true), { payloadBytes: 1_448, frameBytes: 1_514 });
  assertEquals(tcpFrame(1_500, false), { payloadBytes: 1_460, frameBytes: 1_514 });
  assertEquals(udpFrame(1_500), { payloadBytes: 1_472, frameBytes: 1_514 });
  assertAlmostEquals(goodput(100e6, tcpFrame(1_500, true)), 11_955_085.9, 0.1);
});

Deno.test("renderKnownAnswers() shows true beside measured, the error, and what was skipped and why", () => {
  const text = renderKnownAnswers({
    answers: [spread(1, 1), spread(2, 2)],
    beside: [spread(0.98, 1.03)],
    skipped: [{ what: "links of known rate", reason: "they need root" }],
    notes: ["A note."],
    environment: alter(NO_ENVIRONMENT, { cores: 2, loadAverage: 0.5 }),
    loadAfter: 2.5,
    startedAt: "2026-01-02T03:04:05.000Z",
    tookNs: 61e9,
    command: "deno task known-answers",
  });
  const rows = text.split("\n").filter((line) => line.startsWith("| something"));
  assertEquals(rows, [
    "| something known | 19.50 µs | 19.50 µs | [19.50, 19.50] | 0.00 % | 20 | yes |",
    "| something known | 19.50 µs | 39.00 µs | [39.00, 39.00] | +100.00 % | 20 | no |",
    rows[2]!,
  ]);
  assert(rows[2]!.endsWith(" | 20 |"), rows[2]);
  assert(text.includes("1 of 2 known answers recovered"));
  assert(text.includes("Skipped: links of known rate: they need root."));
  assert(text.includes("- A note."));
  assert(text.includes("Load average 0.5 before, 2.5 after, on 2 cores. The machine was busy"));
});
