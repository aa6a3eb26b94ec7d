import { assert, assertEquals } from "@std/assert";
import { buildMethod, describeReferenceBenchmark } from "../../src/report/build/method.ts";
import { sampleRecord } from "../support/sample_record.ts";

const readings = [3300, 3500, 3400, 3350, 3450, 3380].map((socketpairNs, index) => ({
  startedNs: index * 1e9,
  socketpairNs,
  ...(index === 0 && { turnNs: 830 }),
}));

Deno.test("describeReferenceBenchmark() says in one line what was read and what could not be", () => {
  const missing = [{
    what: "yardstick: memory copy",
    reason: "there is no memory",
  }];
  assertEquals(
    describeReferenceBenchmark({ readings, missing }),
    "round trip over a socket pair in one thread 3.39 µs [3.30 µs, 3.50 µs], iteration of the event loop 830 ns [830 ns, 830 ns], " +
      "without memory copy, as there is no memory (6 readings)",
  );
});

Deno.test("the method of a report has one line for the reference benchmark, and none where none was taken", () => {
  const names = (record: ReturnType<typeof sampleRecord>) =>
    buildMethod(record).map(({ name }) => name);
  const record = sampleRecord();
  const { yardstick: _, ...without } = record;
  assert(!names(without).includes("reference benchmark"));
  const yardstick = { readings, missing: [] };
  assertEquals(
    names({ ...record, yardstick }).filter((name) => name === "reference benchmark").length,
    1,
  );
});
