/**
 * Golden files: both forms of the report on claims, for a result made by hand. After a change that is meant, look at the difference of
 * what this writes:
 *
 * `deno test -A tests/claim/golden_test.ts -- --update-golden`
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { CannotTry, cannotTry, type Claim, type Decision } from "../../src/claim/claim.ts";
import { renderClaimsJson } from "../../src/claim/render_claims_json.ts";
import { renderClaimsMarkdown } from "../../src/claim/render_claims_markdown.ts";
import type { ClaimsResult, DecidedClaim } from "../../src/claim/run_claims.ts";
import { sampleRecord } from "../support/sample_record.ts";

const update = Deno.args.includes("--update-golden");

function decided(
  number: number,
  group: Claim["group"],
  id: string,
  decision: Decision,
  facts?: DecidedClaim["facts"],
): DecidedClaim {
  const claim: Claim = {
    id,
    number,
    group,
    sentence: `Sentence ${number} with <b>markup</b>, a | and 8 KiB`,
    source: "send(2)",
    method: "It was tried *so*",
    rule: { "holds": "3 of 3 came", "does not hold": "fewer than 3 came" },
    control: "one of the 3 held back",
    experiment: () => Promise.reject(new CannotTry("nobody runs it")),
    decide: () => decision,
    meaning: "Use `await`",
    code: "while (true) {\n  await conn.read(buffer); // ``` is no fence\n}",
  };
  return { claim, decision, ...(facts !== undefined && { facts }) };
}

function result(partial: boolean): ClaimsResult {
  const holds: Decision = {
    verdict: "holds",
    answer: "3 of 3",
    seen: ["All 3 came", "In 1.5 ms"],
    tables: [{
      caption: "Medians of trials",
      columns: ["what", "with an interval", "count"],
      rows: [
        [
          "64 B",
          { value: 12_345, low: 12_000, high: 13_000, unit: "ns", n: 9 },
          { value: 3, unit: "count" },
        ],
        ["a | b", { value: 2 ** 20, unit: "bytes" }, "–"],
      ],
    }],
    why: ["Because of one thing", "And another"],
  };
  const wrong: Decision = {
    verdict: "does not hold",
    answer: "16.0 KiB",
    seen: [],
    why: ["It is dated"],
  };
  const part: Decision = { ...wrong, verdict: "holds in part", answer: "2 of 3" };
  const open: Decision = { ...wrong, verdict: "undecided", answer: "1.01 [0.98, 1.04] (9 pairs)" };
  return {
    decided: [
      decided(1, "buffers", "first-buffer", wrong, { bytes: 16_384, ends: ["client", null] }),
      decided(10, "messages", "streams-lose", holds),
      decided(16, "messages", "datagrams-are-faster", open),
      decided(31, "connections", "sent-again", cannotTry("it needs root")),
      decided(33, "families", "families", part),
    ],
    record: { ...sampleRecord({ rounds: 2 }), partial },
  };
}

for (
  const [name, text] of [
    ["claims.md", renderClaimsMarkdown(result(false))],
    ["claims-partial.md", renderClaimsMarkdown(result(true))],
    ["claims.json", renderClaimsJson(result(false))],
  ] as const
) {
  Deno.test(`${name} of a result made by hand is as in tests/golden`, async () => {
    const file = new URL(`../golden/${name}`, import.meta.url);
    if (update) await Deno.writeTextFile(file, text);
    assertEquals(text, await Deno.readTextFile(file));
  });
}
