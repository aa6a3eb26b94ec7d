import { assertEquals, assertMatch } from "@std/assert";
import type { Trial } from "../../src/model/trial.ts";
import { encodeRecord } from "../../src/record/codec.ts";
import { sampleRecord } from "../support/sample_record.ts";
import { sockbench, temporaryDirectory } from "./sockbench.ts";

const OPERATIONS = 100;

/** The report on the sample with a scenario's counters, each trial of which made 100 operations. */
async function report(
  scenario: string,
  evidence: readonly string[],
  counters: (trial: Trial) => Readonly<Record<string, number>>,
): Promise<string> {
  const record = sampleRecord({ rounds: 8 });
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/record.json`;
  await Deno.writeTextFile(
    path,
    encodeRecord({
      ...record,
      scenarios: record.scenarios.map((one) => one.id === scenario ? { ...one, evidence } : one),
      trials: record.trials.map((trial) =>
        trial.error === undefined
          ? { ...trial, operations: OPERATIONS, histograms: {}, counters: counters(trial) }
          : trial
      ),
    }),
  );
  const { code, out, err } = await sockbench(["report", path, "--format=md"]);
  assertEquals({ code, err }, { code: 0, err: "" });
  return out;
}

/** The sentences of findings that speak of something. */
const sentencesOn = (text: string, words: string) =>
  text.split("\n").filter((line) => line.startsWith("- ")).flatMap((line) => line.split(". "))
    .filter((sentence) => sentence.includes(words));

const stalls = ({ case: id }: Trial) =>
  id.startsWith("nagle/tcp/nagle=on,pattern=write-write-read");

Deno.test("report cites no counter of the namespace that exceeds what the operations can cause, in sentence or table", async () => {
  const delayed = (count: number) =>
    report("nagle", ["TcpExt.DelayedACKs"], (trial) => ({
      "TcpExt.DelayedACKs": stalls(trial) ? count : 0,
    }));
  const possible = await delayed(OPERATIONS);
  assertMatch(sentencesOn(possible, "delayed ACK").join("\n"), /with nagle on; 0 in \d+ with/);
  // 86 in 18 exchanges, as it was once seen: 478 in 100.
  const polluted = await delayed(478);
  assertEquals(sentencesOn(polluted, "delayed ACK"), []);
  assertEquals(polluted.includes("478"), false);
  assertMatch(polluted, /\| tcp\/nagle=on,pattern=write-write-read\S* +\| +\d+ \| +\d+ \| +– \|/);
});

Deno.test("report pools no case into a count of the kernel that its sockets cannot move", async () => {
  const text = await report("connect-round-trip", ["TcpExt.TW"], (trial) => ({
    // A neighbour's connections, measured while Unix-domain sockets were.
    "TcpExt.TW": trial.case.startsWith("connect-round-trip/") ? OPERATIONS : 0,
  }));
  const cited = sentencesOn(text, "TIME-WAIT");
  const own = cited.find((sentence) => sentence.includes("with connect-round-trip"));
  const [, left, requests] =
    /^(\d+) connections left in TIME-WAIT in (\d+) requests with connect-round-trip/
      .exec(own?.replaceAll(/(?<=\d) (?=\d{3}\b)/g, "") ?? "") ?? [];
  const trials =
    sampleRecord({ rounds: 8 }).trials.filter(({ case: id, error }) =>
      id.startsWith("connect-round-trip/tcp") && error === undefined
    ).length;
  assertEquals([left, requests].map(Number), [OPERATIONS * trials, OPERATIONS * trials]);
  const besides = cited.find((sentence) => sentence.includes("with tcp;"));
  assertMatch(besides ?? "", /with tcp; unix cannot have any/);
});

Deno.test("report cites as many connections in TIME-WAIT as there were, and not one more", async () => {
  const left = (count: number) => report("connect", ["TcpExt.TW"], () => ({ "TcpExt.TW": count }));
  assertEquals(sentencesOn(await left(OPERATIONS), "TIME-WAIT").length > 0, true);
  assertEquals(sentencesOn(await left(OPERATIONS + 1), "TIME-WAIT"), []);
});
