/** The runner of all tests: nothing that failed, or died, is lost among its processes. */

import { assert, assertEquals } from "@std/assert";
import { deal, readCounts, readFailures, readReport, registering, summarize } from "./run_all.ts";

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

Deno.test("deal() gives each file to one batch, neighbours to different ones, and the last batches few", () => {
  const files = Array.from({ length: 259 }, (_, index) => index);
  const batches = deal(files, 3);
  assertEquals(batches.flat().sort((a, b) => a - b), files);
  for (const batch of batches) {
    const sorted = batch.toSorted((a, b) => a - b);
    assert(sorted.every((file, at) => at === 0 || file - sorted[at - 1]! > 1), `${batch}`);
  }
  const sizes = batches.map(({ length }) => length);
  assertEquals([sizes[0], sizes.at(-2)], [29, 4]);
  assertEquals(sizes, sizes.toSorted((a, b) => b - a));
  assertEquals(deal([1], 3), [[1]]);
  assertEquals(deal([], 3), []);
});

Deno.test("registering() finds the file of a batch by the one that its tests stand in", () => {
  const contract = "tests/contract/transport_contract_test.ts";
  const files = ["tests/run_all_test.ts", contract];
  assertEquals(registering("./tests/run_all_test.ts", files), ["tests/run_all_test.ts"]);
  assertEquals(registering("./src/extend/test_transport_contract.ts", files), [contract]);
  assertEquals(registering("./src/nobody.ts", files), files);
});

Deno.test("readReport() adds up times by file, and tells what was ignored from what a filter left out", () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="0" errors="0" time="0.987">
    <testsuite name="./tests/a_test.ts" tests="2" disabled="1" errors="0" failures="0">
        <testcase name="one" classname="./tests/a_test.ts" time="0.927" line="43" col="6">
        </testcase>
        <testcase name="two time=&quot;9&quot;" classname="./tests/a_test.ts" time="0.100" line="4" col="6">
        </testcase>
        <testcase name="left out" classname="./tests/a_test.ts" line="51" col="6">
            <skipped/>
        </testcase>
    </testsuite>
    <testsuite name="./tests/b_test.ts" tests="1" disabled="1" errors="0" failures="0">
        <testcase name="one (ignored: why)" classname="./tests/b_test.ts" time="0.000" line="90" col="6">
            <skipped/>
        </testcase>
    </testsuite>
</testsuites>
`;
  assertEquals(readReport(xml), [
    { file: "./tests/a_test.ts", seconds: 0.927 + 0.1, hasIgnored: false },
    { file: "./tests/b_test.ts", seconds: 0, hasIgnored: true },
  ]);
  assertEquals(readReport(""), []);
});
