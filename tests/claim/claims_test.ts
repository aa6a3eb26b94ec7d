import { sessionOf } from "./lab.ts";
import { SENTENCE } from "../../src/text/one_line.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CannotTry, cannotTry, type Claim, CLAIM_GROUPS, type Lab } from "../../src/claim/claim.ts";
import { planClaims } from "../../src/claim/plan_claims.ts";
import { claims } from "../../src/claim/registry.ts";
import { renderClaimsJson } from "../../src/claim/render_claims_json.ts";
import { renderClaimsMarkdown } from "../../src/claim/render_claims_markdown.ts";
import { type ClaimsOptions, runClaims } from "../../src/claim/run_claims.ts";
import { createCatalog } from "../../src/catalog.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { Availability } from "../../src/transport/transport.ts";

const catalog = createCatalog();
const everything = new Map<string, Availability>(
  [...catalog.transports.keys()].map((id) => [id, { available: true }]),
);
const lab: Lab = {
  clock: systemClock,
  catalog,
  availability: everything,
  pinning: { available: false, reason: "it needs --allow-ffi" },
  peer: "loop",
  directory: "/nonexistent/sockbench",
  kernel: { available: false, reason: "it needs --allow-ffi" },
  signal: new AbortController().signal,
};

function experimentClaim(id: string, number: number, experiment: Claim["experiment"]): Claim {
  return {
    id,
    number,
    group: "buffers",
    sentence: `Sentence <script> | ${id}`,
    source: "send(2)",
    method: "It was tried",
    rule: { "holds": "3 of 3 came", "does not hold": "fewer than 3 came" },
    control: "one of the 3 held back",
    experiment: experiment!,
    decide: ({ facts }) => ({
      verdict: facts!.count === 3 ? "holds" : "does not hold",
      answer: `${facts!.count} | of 3`,
      seen: ["3 of 3 came"],
      why: ["Because"],
    }),
    meaning: "Nothing",
    code: "const one = 1;",
  };
}

/** All the patience there is. */
const patient: Clock = { ...systemClock, sleepUntilNs: () => new Promise(() => {}) };
/** No patience: what does not end is left at once. */
const hasty: Clock = { ...systemClock, sleepUntilNs: () => Promise.resolve() };

async function runThem(
  wanted: readonly Claim[],
  signal: AbortSignal = lab.signal,
  clock: Clock = hasty,
  onEvent: ClaimsOptions["onEvent"] = () => {},
) {
  const plan = planClaims(wanted, { peer: "loop", rounds: 1, seed: 1 }, catalog, everything);
  return await runClaims(wanted, plan, {
    lab: { ...lab, signal, clock },
    session: sessionOf({ ...lab, signal, clock }),
    command: "test",
    onEvent: onEvent!,
  });
}

Deno.test("runClaims() lets no experiment keep another from being tried", async () => {
  const { decided } = await runThem([
    experimentClaim("good", 1, () => Promise.resolve({ count: 3 })),
    experimentClaim("throws", 2, () => Promise.reject(new TypeError("no\nsuch thing"))),
    experimentClaim("lacks", 3, () => Promise.reject(new CannotTry("it needs root"))),
    experimentClaim("other", 4, () => Promise.resolve({ count: 2 })),
  ]);
  assertEquals(decided.map(({ decision }) => [decision.verdict, decision.answer]), [
    ["holds", "3 | of 3"],
    ["cannot be tried here", "the experiment failed: no such thing"],
    ["cannot be tried here", "it needs root"],
    ["does not hold", "2 | of 3"],
  ]);
});

Deno.test("runClaims() charges an experiment with a promise that it let go of, and goes on with the next", async () => {
  let isEnded = false;
  const { decided } = await runThem(
    [
      experimentClaim("strays", 1, async ({ signal }) => {
        void Promise.reject(new Error("nobody awaits this"));
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        isEnded = true;
        return { count: 3 };
      }),
      experimentClaim("next", 2, () => Promise.resolve({ count: 3 })),
    ],
    lab.signal,
    patient,
  );
  assertEquals(decided.map(({ decision }) => decision.answer), [
    "the experiment failed: nobody awaits this",
    "3 | of 3",
  ]);
  assert(isEnded, "it was not told to end");
});

Deno.test("runClaims() makes experiments that wait side by side, and each by itself where one of them strays", async () => {
  let [running, most, runs] = [0, 0, 0];
  const waiting = (id: string, number: number, strays: boolean): Claim => ({
    ...experimentClaim(id, number, async ({ signal }) => {
      most = Math.max(most, ++running);
      runs++;
      try {
        if (strays) {
          void Promise.reject(new Error("nobody awaits this"));
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
        } else {
          // A turn of the event loop, in which strays are reported.
          await new Promise((resolve) => setTimeout(resolve));
        }
        return { count: 3 };
      } finally {
        running--;
      }
    }),
    waits: true,
  });
  const quiet = await runThem(
    [waiting("a", 1, false), waiting("b", 2, false)],
    lab.signal,
    patient,
  );
  assertEquals([most, runs], [2, 2]);
  assertEquals(quiet.decided.map(({ decision }) => decision.verdict), ["holds", "holds"]);
  const { decided } = await runThem(
    [waiting("c", 1, false), waiting("d", 2, true), waiting("e", 3, false)],
    lab.signal,
    patient,
  );
  assertEquals(decided.map(({ decision }) => decision.answer), [
    "3 | of 3",
    "the experiment failed: nobody awaits this",
    "3 | of 3",
  ]);
});

Deno.test("runClaims() says of what an interrupt left untried that it was interrupted", async () => {
  const controller = new AbortController();
  const begun: string[] = [];
  const { decided } = await runThem(
    [
      experimentClaim("first", 1, () => {
        controller.abort();
        return new Promise(() => {});
      }),
      experimentClaim("second", 2, () => Promise.resolve({ count: 3 })),
    ],
    controller.signal,
    hasty,
    (event) => event.kind === "experiment" && begun.push(event.claim.id),
  );
  assertEquals(begun, ["first"]);
  assertEquals(decided.map(({ decision }) => decision.answer), [
    "the run was interrupted",
    "the run was interrupted",
  ]);
});

Deno.test("runClaims() waits until an experiment that was interrupted has removed what it made", async () => {
  const controller = new AbortController();
  let isRemoved = false;
  const { decided } = await runThem(
    [
      experimentClaim("makes", 1, async ({ signal }) => {
        controller.abort();
        assert(signal.aborted);
        for (let turn = 0; turn < 100; turn++) await Promise.resolve();
        isRemoved = true;
        return { count: 3 };
      }),
    ],
    controller.signal,
    patient,
  );
  assertEquals(decided[0]!.decision.answer, "the run was interrupted");
  assert(isRemoved);
});

Deno.test("renderClaims…() shows every claim with verdict, number, facts and code, and lets no text through as markup", async () => {
  const result = await runThem([
    experimentClaim("good", 1, () => Promise.resolve({ count: 3 })),
    experimentClaim("lacks", 2, () => Promise.reject(new CannotTry("it needs root"))),
  ]);
  const text = renderClaimsMarkdown(result);
  assertStringIncludes(text, "2 claims: 1 holds, 1 cannot be tried here.");
  assertStringIncludes(text, "3 \\| of 3");
  assert(!text.includes("<script>"));
  assertStringIncludes(text, "```ts\nconst one = 1;\n```");
  const json = JSON.parse(renderClaimsJson(result));
  assertEquals(json.format, "sockbench-claims");
  assertEquals(json.claims[0].facts, { count: 3 });
  assertEquals(json.claims[1].verdict, "cannot be tried here");
});

Deno.test("claims: ids and numbers are unique, chapters exist, and every text is there", () => {
  assertEquals(new Set(claims.map(({ id }) => id)).size, claims.length);
  assertEquals(new Set(claims.map(({ number }) => number)).size, claims.length);
  for (const claim of claims) {
    assert(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(claim.id), claim.id);
    assert(claim.group in CLAIM_GROUPS, claim.id);
    assert(claim.experiment !== undefined || claim.cases!.length > 0, claim.id);
    const { sentence, source, method, rule, control, meaning, code } = claim;
    for (const text of [sentence, source, method, ...Object.values(rule), control, meaning, code]) {
      assert(text.trim().length > 0, claim.id);
      // What is longer is cut in the report.
      assert(text.length < SENTENCE, `${claim.id}: ${text}`);
    }
    // Sources are what anybody can open: RFCs, manual pages, files of the kernel.
    assert(/RFC \d+|\w\(\d\)|Linux \w+\//.test(source), `${claim.id}: ${source}`);
  }
});

Deno.test("planClaims() finds a case for every cell that a claim asks for, wherever its transport works", () => {
  for (const claim of claims) {
    const { ids, skips } = planClaims([claim], { peer: "process", seed: 1 }, catalog, everything);
    assertEquals([...skips.values()], [], claim.id);
    assertEquals(ids.size > 0, (claim.cases?.length ?? 0) > 0);
  }
});

Deno.test("claims decide without a figure or a fact: nothing is claimed of what was not measured", async () => {
  const nothing = new Map<string, Availability>(
    [...everything.keys()].map((id) => [id, { available: false, reason: "not here" }]),
  );
  for (const claim of claims.filter(({ experiment }) => experiment === undefined)) {
    const plan = planClaims([claim], { peer: "loop", rounds: 1, seed: 1 }, catalog, nothing);
    const { decided } = await runClaims([claim], plan, {
      lab,
      session: sessionOf(lab),
      command: "test",
    });
    assertEquals(decided[0]!.decision, cannotTry("not here"), claim.id);
  }
});
