/** The runner of all tests: nothing that failed, or died, is lost among its processes. */

import { assertEquals } from "@std/assert";
import { deal, readCounts, readFailures, summarize } from "./run_all.ts";

const PASSED =
  "running 2 tests from ./tests/a_test.ts\n\nok | 2 passed (3 steps) | 0 failed | 1 ignored (5ms)\n";
const FAILED = `a ... FAILED (1ms)

 ERRORS

a => ./tests/b_test.ts:3:6
error: Error: no

 FAILURES

a => ./tests/b_test.ts:3:6
file:///x/docs/b.md#26-31.ts => ./docs/b.md#26-31.ts:1:6

FAILED | 4 passed | 2 failed (1m2s)

error: Test failed
`;

Deno.test("readCounts() takes the runner's last summary", () => {
  assertEquals(readCounts(PASSED, 0), { passed: 2, steps: 3, failed: 0, ignored: 1 });
  assertEquals(readCounts(PASSED + FAILED, 1), { passed: 4, steps: 0, failed: 2, ignored: 0 });
});

Deno.test("a runner that died counts as a failure, whatever it had counted", () => {
  assertEquals(readCounts("error: Uncaught\n", 1).failed, 1);
  assertEquals(readCounts("", 0).failed, 1);
  assertEquals(readCounts(PASSED, 139), { passed: 2, steps: 3, failed: 1, ignored: 1 });
});

Deno.test("readFailures() names each failure once", () => {
  assertEquals(readFailures(PASSED), []);
  assertEquals(readFailures(FAILED), [
    "a => ./tests/b_test.ts:3:6",
    "file:///x/docs/b.md#26-31.ts => ./docs/b.md#26-31.ts:1:6",
  ]);
});

Deno.test("summarize() adds up in the runner's words", () => {
  const all = [readCounts(PASSED, 0), readCounts(FAILED, 1)];
  assertEquals(summarize(all, 7), "FAILED | 6 passed (3 steps) | 2 failed | 1 ignored (7s)");
  assertEquals(summarize([], 0), "ok | 0 passed | 0 failed (0s)");
});

Deno.test("deal() gives each file to one batch, and neighbours to different ones", () => {
  assertEquals(deal([1, 2, 3, 4, 5], 2), [[1, 4], [2, 5], [3]]);
  assertEquals(deal([], 2), []);
});
