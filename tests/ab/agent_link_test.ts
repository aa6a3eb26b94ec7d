import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { AgentError, type AgentLinkOptions, openAgent } from "../../src/ab/agent_link.ts";
import { PROTOCOL } from "../../src/ab/agent_protocol.ts";
import { SettingsError } from "../../src/plan/settings.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { someCase } from "../support/small_catalog.ts";
import { impostor, orderIn, READY, SAY, self } from "./subjects.ts";

const CASE = someCase("ping-pong", "tcp", { bytes: 64, nagle: "off" });

async function refusal(
  program: string,
  ask: "start" | "trial",
  options: AgentLinkOptions = {},
): Promise<string> {
  await using directory = await createSocketDirectory();
  await using subject = await impostor(program);
  const error = await assertRejects(async () => {
    await using agent = await openAgent("head", subject, orderIn(directory.path), options);
    if (ask === "trial") await agent.trial(CASE);
  }, AgentError);
  assertMatch(error.message, /^head agent impostor \(process \d+\) /);
  assert(!error.message.includes("\n"));
  return error.message;
}

Deno.test("openAgent() starts an agent that measures, plans and tells its versions", async () => {
  await using directory = await createSocketDirectory();
  await using subject = await self();
  await using agent = await openAgent("base", subject, orderIn(directory.path));
  assertEquals(agent.versions.deno, Deno.version.deno);
  assertEquals(agent.versions.v8, Deno.version.v8);
  const outcome = await agent.trial(CASE);
  assertEquals(outcome.error, undefined);
  assertEquals(outcome.operations, 20);
  const names = await agent.names();
  assertEquals(names.own, { scenarios: [], transports: [] });
  assert(names.scenarios.includes("round-trip"));
  const plan = await agent.plan({ profile: "quick", cases: ["round-trip/tcp/*"], peer: "loop" });
  assertEquals(plan.cases.map((c) => c.id), [
    "round-trip/tcp/bytes=64",
    "round-trip/tcp/bytes=16384",
  ]);
  const refused = await assertRejects(() => agent.plan({ scenarios: ["rond"] }), SettingsError);
  assertEquals(refused.given, "rond");
});

Deno.test("openAgent() names an agent that dies before it is ready", async () => {
  assertStringIncludes(await refusal("Deno.exit(7);", "start"), "died (exit code 7)");
});

Deno.test("openAgent() names an agent that prints rubbish", async () => {
  const rubbish = await refusal(
    `Deno.stdout.writeSync(new TextEncoder().encode("hello\\n")); await new Promise((r) => setTimeout(r, 60_000));`,
    "start",
  );
  assertStringIncludes(rubbish, 'wrote something that is no answer: "hello"');
  assertStringIncludes(await refusal(`${SAY}say({ answer: "yes" });`, "start"), "instead of");
});

Deno.test("openAgent() names an agent that cannot start, with its reason", async () => {
  const message = await refusal(`${SAY}say({ answer: "failed", message: "no module" });`, "start");
  assertStringIncludes(message, "could not start: no module");
});

Deno.test("openAgent() refuses an agent of another protocol, older ones without a number too", async () => {
  const newer = await refusal(
    `${SAY}say({ answer: "ready", protocol: ${PROTOCOL + 1}, versions: {} });`,
    "start",
  );
  assertStringIncludes(newer, `speaks protocol ${PROTOCOL + 1} and this one ${PROTOCOL}`);
  const older = await refusal(`${SAY}say({ answer: "ready", deno: "2.9.6" });`, "start");
  assertStringIncludes(older, "could not start");
});

Deno.test("openAgent() refuses to replay a file with an agent of a sockbench that cannot", async () => {
  const replay = { text: "300,2000,50\n", path: "sizes.csv" };
  assertStringIncludes(await refusal(READY, "start", { replay }), "cannot replay a file");
});

Deno.test("openAgent() gives up on an agent that never becomes ready", async () => {
  const message = await refusal("await new Promise((r) => setTimeout(r, 60_000));", "start", {
    patience: { startMs: 1, answerMs: 1 },
  });
  assertStringIncludes(message, "did not answer within 0.001 s");
});

Deno.test("AgentLink.trial() gives up on an agent that never answers", async () => {
  const message = await refusal(
    `${READY}await new Promise((r) => setTimeout(r, 60_000));`,
    "trial",
    // The case's own expected second counts ten times.
    { patience: { startMs: 60_000, answerMs: 1 - 10 * CASE.expectedNs / 1e6 } },
  );
  assertStringIncludes(message, "did not answer within");
});

Deno.test("AgentLink.trial() names an agent that dies in the middle", async () => {
  const message = await refusal(
    `${READY}await Deno.stdin.read(new Uint8Array(1)); Deno.exit(9);`,
    "trial",
  );
  assertStringIncludes(message, "died (exit code 9)");
});

Deno.test("AgentLink.trial() refuses an answer that is none, or one to another case", async () => {
  const answers = (outcome: unknown) =>
    `${READY}await Deno.stdin.read(new Uint8Array(1)); say(${
      JSON.stringify(outcome)
    }); await Deno.stdin.read(new Uint8Array(9e6)); await new Promise((r) => setTimeout(r, 60_000));`;
  for (
    const outcome of [
      { answer: "ready" },
      { answer: "trial" },
      { answer: "trial", outcome: 5 },
      { answer: "trial", outcome: { case: "another" } },
    ]
  ) {
    assertStringIncludes(await refusal(answers(outcome), "trial"), `to a trial of ${CASE.id}`);
  }
});

Deno.test("AgentLink.trial() makes a failed trial of figures that no record may hold", async () => {
  await using directory = await createSocketDirectory();
  const outcome = {
    case: CASE.id,
    elapsedNs: -1,
    operations: 1,
    histograms: {},
    tally: {},
    peer: "loop",
    settings: {},
  };
  await using subject = await impostor(
    `${READY}await Deno.stdin.read(new Uint8Array(1)); say({ answer: "trial", outcome: ${
      JSON.stringify(outcome)
    } }); await new Promise((r) => setTimeout(r, 60_000));`,
  );
  await using agent = await openAgent("head", subject, orderIn(directory.path));
  const { error, operations } = await agent.trial(CASE);
  assertEquals(operations, 0);
  assertEquals(error?.kind, "invalid-figures");
  assertStringIncludes(error!.message, "elapsedNs");
});

Deno.test("agents import nothing that only an import map can find, as theirs is the subject's", async () => {
  const main = new URL("../../src/ab/agent_main.ts", import.meta.url).href;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-config", main],
  }).output();
  assert(success);
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { specifier: string; error?: string }[];
  };
  assertEquals(modules.filter((one) => one.error !== undefined), []);
  assertEquals(modules.filter(({ specifier }) => !/^(file|node):/.test(specifier)), []);
});
