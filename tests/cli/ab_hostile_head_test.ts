import { assert, assertEquals, assertMatch } from "@std/assert";
import { writeHostileSubject } from "../ab/hostile_subject.ts";
import { names, type Outcome, sockbench, sockbenchHere, temporaryDirectory } from "./sockbench.ts";

const CASE = "round-trip/tcp/bytes=64";
const JOB = [
  "ab",
  "--metric=headline",
  `--case=${CASE}`,
  "--pairs=1",
  "--alpha=0.02",
  "--precision=50%",
  "--budget=1s",
  "--seed=7",
];

/** A job whose head answers otherwise than it should; in this process, or as a user starts it. */
async function against(
  change: string,
  directory: string,
  more: readonly string[] = [],
  isHere = false,
): Promise<Outcome> {
  await writeHostileSubject(`${directory}/head`, change);
  const words = [...JOB, "--base=self", `--head=dir:${directory}/head`, `--out=${directory}/out`]
    .concat(more);
  return await (isHere ? sockbenchHere(words, directory) : sockbench(words, { cwd: directory }));
}

/** What a head may answer when it is asked for its plan or its names, and what is said of it. */
const ANSWERS: Readonly<Record<string, readonly [string, RegExp]>> = {
  "a plan without scenarios": [
    `if (message.answer === "plan") delete message.plan.scenarios; return message;`,
    /planned what cannot be measured: scenarios must be a list: it is missing/,
  ],
  "a plan whose scenarios are none of its cases'": [
    `if (message.answer === "plan") message.plan.scenarios = []; return message;`,
    /planned what cannot be measured: cases\[0\]\.scenario must be among the scenarios/,
  ],
  "a plan with doubled cases": [
    `if (message.answer === "plan") message.plan.cases.push(message.plan.cases[0]); return message;`,
    /planned what cannot be measured: cases\[1\]\.id must be unique/,
  ],
  "a plan without metrics": [
    `if (message.answer === "plan") message.plan.metrics = null; return message;`,
    /planned what cannot be measured: metrics must be a list: it is null/,
  ],
  "a plan with a case of another name": [
    `if (message.answer === "plan") message.plan.cases[0].transport = "unix"; return message;`,
    /the case "round-trip\/tcp\/bytes=64" is "round-trip\/unix\/bytes=64"/,
  ],
  "a plan with a case of another peer": [
    `if (message.answer === "plan") message.plan.cases[0].placement.peer = "process"; return message;`,
    /round-trip\/tcp\/bytes=64 is with peer process, and not loop/,
  ],
  "a plan with a trial that never ends": [
    `if (message.answer === "plan") message.plan.cases[0].expectedNs = 1e300; return message;`,
    /a trial of round-trip\/tcp\/bytes=64 would take more than an hour/,
  ],
  "no plan at all": [
    `return message.answer === "plan" ? { answer: "plan", plan: 5 } : message;`,
    /planned what cannot be measured: it is 5/,
  ],
  "a refusal without a sentence": [
    `return message.answer === "plan" ? { answer: "refused", candidates: 5 } : message;`,
    /answered .* to a question for its plan/,
  ],
  "names that are none": [
    `return message.answer === "names" ? { answer: "names" } : message;`,
    /answered .* to a question for its names/,
  ],
  "names without lists": [
    `if (message.answer === "names") message.names.own = {}; return message;`,
    /answered .* to a question for its names/,
  ],
};

for (const [index, [name, [change, sentence]]] of Object.entries(ANSWERS).entries()) {
  Deno.test(`sockbench ab cannot judge a head that answers with ${name}, and says so in one sentence`, async () => {
    await using directory = await temporaryDirectory();
    // The first as a user runs it: the others end as it does.
    const { code, out, err } = await against(change, directory.path, [], index > 0);
    assertMatch(err, /^sockbench: cannot judge: head agent dir:[^\n]+\n$/);
    assertMatch(err, sentence);
    assertEquals({ code, out, files: names(`${directory.path}/out`) }, {
      code: 3,
      out: "",
      files: [],
    });
  });
}

Deno.test("sockbench ab takes seed, peer, budget and precision from its arguments, whatever head's plan says", async () => {
  await using directory = await temporaryDirectory();
  const { code, err } = await against(
    `if (message.answer === "plan") {
      const own = { seed: 1, peer: "process", profile: "thorough", precision: 1e-3, budgetNs: 8e9 };
      Object.assign(message.plan.settings, own);
    }
    return message;`,
    directory.path,
    ["--threshold=1000%"],
  );
  assertMatch(err, /^1 case × 6 pairs or more, .*; peer loop; seed 7\n/);
  assertEquals(code, 0, err);
  const record = JSON.parse(await Deno.readTextFile(`${directory.path}/out/ab-head.json`));
  const { seed, profile, peer, rounds } = record.settings;
  assertEquals({ seed, profile, peer }, { seed: 7, profile: "quick", peer: "loop" });
  // A pair measures for 24 ms: a second has no room for more. Eight have.
  assert(rounds <= 60, `${rounds} rounds`);
});

Deno.test("sockbench ab does without the settings of a head's plan", async () => {
  await using directory = await temporaryDirectory();
  const { code, err } = await against(
    `if (message.answer === "plan") delete message.plan.settings; return message;`,
    directory.path,
    ["--threshold=1000%"],
  );
  assertEquals(code, 0, err);
});

Deno.test("sockbench ab cannot judge a head that answers twice, as one trial would count for the next", async () => {
  await using directory = await temporaryDirectory();
  const { code, err } = await against(
    `return message.answer === "trial" ? [message, message] : message;`,
    directory.path,
  );
  assertEquals(code, 3, err);
  assertMatch(err, /answered without being asked/);
});

Deno.test("sockbench ab measures a pair again when one of its trials ended without a value of its headline", async () => {
  await using directory = await temporaryDirectory();
  // As a loaded machine does: a receiver that never had the CPU in its time has no window. An agent's first trial is its warm-up.
  await writeHostileSubject(
    `${directory.path}/head`,
    `if (message.answer === "trial" && (globalThis.answered = (globalThis.answered ?? 0) + 1) % 2 === 0) {
      delete message.outcome.window;
      console.error("left out");
    }
    return message;`,
  );
  const { out, err } = await sockbench([
    "ab",
    "--case=throughput/unix/bytes=65536",
    "--metric=headline",
    // One generation of agents, or two: what is measured is looked at, and not judged.
    "--pairs=1",
    "--alpha=0.5",
    "--precision=50%",
    "--budget=1s",
    "--base=self",
    `--head=dir:${directory.path}/head`,
    `--out=${directory.path}/out`,
  ], { cwd: directory.path });
  assertMatch(err, /^left out$/m);
  assert(!out.includes("incomparable"), out);
  const record = JSON.parse(await Deno.readTextFile(`${directory.path}/out/ab-head.json`));
  assert(record.trials.length > 0);
  assertEquals(record.trials.filter((trial: { window?: unknown }) => !trial.window), []);
});
