import { assert, assertEquals } from "@std/assert";
import { decodeRecord, encodeRecord } from "../../src/record/codec.ts";
import { RecordError } from "../../src/record/record_error.ts";
import { sampleRecord } from "./sample_record.ts";

const NOT_READ = [{ what: "yardstick: memory copy", reason: "there is no memory" }];

Deno.test("the yardstick of a record of version 0.1 survives the codec, and a false one is refused with its place", () => {
  const yardstick = {
    readings: [{ startedNs: 0, socketpairNs: 3000.5 }, { startedNs: 1e9, copyNs: 1, turnNs: 2 }],
    missing: NOT_READ,
  };
  const record = { ...sampleRecord(), yardstick };
  const text = encodeRecord(record);
  assertEquals(decodeRecord(text, "memory"), record);
  const refused: readonly (readonly [string, string, string])[] = [
    ['"socketpairNs":3000.5', '"socketpairNs":0', "socketpairNs must be a number > 0: it is 0"],
    [
      '"startedNs":1000000000,"copyNs"',
      '"startedNs":-1,"copyNs"',
      "startedNs must be a number ≥ 0",
    ],
    [
      '"startedNs":0,"socketpairNs"',
      '"startedNs":2000000000,"socketpairNs"',
      "yardstick.readings[1].startedNs must be at least that of the reading before",
    ],
    [
      '"startedNs":1000000000,"copyNs"',
      '"startedNs":900000000000,"copyNs"',
      "yardstick.readings[1].startedNs must be at most durationNs",
    ],
  ];
  for (const [from, to, sentence] of refused) {
    assert(text.includes(from), from);
    let message = "";
    try {
      decodeRecord(text.replace(from, to), "memory");
    } catch (error) {
      assert(error instanceof RecordError);
      message = (error as Error).message;
    }
    assert(message.includes(sentence), message);
  }
});
