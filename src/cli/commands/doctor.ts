import { type Command, type ParsedArguments, valueOf } from "../parse.ts";
import { JSON_OPTION, PEER_OPTION } from "../options.ts";
import { disarmJson } from "../../text/disarm.ts";
import type { Catalog } from "../../catalog.ts";
import type { Limits } from "../../kernel/limits.ts";
import type { ClockFacts, NoiseVerdict, PermissionFact } from "../machine_checks.ts";
import { formatFact } from "../../model/format_fact.ts";
import { formatAmount } from "../../units/format_quantity.ts";
import { EXIT } from "../failure.ts";
import { listenForInterrupts } from "../interrupts.ts";
import type { Availability } from "../../transport/transport.ts";
import type { SocketpairReading } from "../../run/socketpair_reading.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { PeerKind } from "../../model/placement.ts";
import type { Environment } from "../../model/environment.ts";

export const doctorCommand: Command = {
  name: "doctor",
  summary: "Say how well this machine can measure: clock, noise, permissions, transports",
  description: [
    "Shows the runtime, the kernel and its socket settings, the transports, what each missing permission costs, and the " +
    "clock's resolution; then measures how much an idle round trip varies from trial to trial. Takes a few seconds.",
  ],
  positionals: [],
  options: [JSON_OPTION, {
    ...PEER_OPTION,
    description: "Where the other end of the noise test runs",
  }],
  examples: {
    "deno task sockbench doctor": "Is this machine quiet enough?",
    "deno task sockbench doctor --json": "The same for a program",
  },
  action: doctor,
};

/** Readings of a socket pair, and the pause between two: together a second, in which a machine that alternates between two speeds shows both. */
const READINGS = 20;
const PAUSE_NS = 40e6;

/** Everything the doctor found. */
interface Findings {
  readonly environment: Environment;
  readonly clock: ClockFacts;
  readonly permissions: readonly PermissionFact[];
  readonly noise: readonly NoiseVerdict[];
  readonly socketpair: SocketpairReading;
  readonly limits: Limits;
}

/** Prints how well this machine can measure. Its verdicts are findings, not failures: it exits 0 when it could look. */
async function doctor(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const { choosePeer, createCatalog, readEnvironment, Session } = await import("../measuring.ts");
  const checks = await import("../machine_checks.ts");
  const { findLimits, readSocketpair, systemClock } = checks;
  const { peer, skip } = choosePeer(valueOf(args, "peer"));
  const catalog = createCatalog();
  using interrupts = listenForInterrupts(() => {}, () => {});
  await using session = await Session.open({ catalog });
  const availability = await session.probe();
  const environment = await readEnvironment();
  const noise: NoiseVerdict[] = [];
  for (const kind of new Set<PeerKind>(["loop", peer])) {
    const options = { environment, signal: interrupts.signal };
    if (!interrupts.signal.aborted) noise.push(await checks.measureNoise(kind, session, options));
  }
  if (interrupts.signal.aborted) return EXIT.interrupted;
  const findings = {
    environment: skip === undefined
      ? environment
      : { ...environment, missing: [...environment.missing, skip] },
    clock: checks.measureClock(systemClock),
    permissions: checks.readPermissions(),
    noise,
    socketpair: await readSocketpair(systemClock, { readings: READINGS, pauseNs: PAUSE_NS }),
    limits: await findLimits(),
  };
  terminal.out(
    args.flags.has("json")
      ? `${
        disarmJson(JSON.stringify(
          { ...findings, transports: transportsAsData(catalog, availability) },
          null,
          2,
        ))
      }\n`
      : renderFindings(findings, catalog, availability, checks),
  );
  return EXIT.ok;
}

function transportsAsData(catalog: Catalog, availability: ReadonlyMap<string, Availability>) {
  return [...catalog.transports].map(([id, { title }]) => (
    { id, title, ...availability.get(id) }
  ));
}

function renderFindings(
  findings: Findings,
  catalog: Catalog,
  availability: ReadonlyMap<string, Availability>,
  checks: typeof import("../machine_checks.ts"),
): string {
  const { environment, clock, permissions, noise, socketpair } = findings;
  const unknown = "not known";
  const states = [...catalog.transports.keys()].map((id): [string, string] => {
    const found = availability.get(id);
    if (found === undefined || !found.available) return [id, `no: ${found?.reason ?? unknown}`];
    const limit = found.largestMessageBytes;
    return [id, limit === undefined ? "yes" : `yes, up to ${limit} bytes per message`];
  });
  const sections: [string, [string, string][]][] = [
    [
      "Machine",
      environment.facts.map((fact) => [
        fact.label,
        `${formatFact(fact)}${checks.adviseOnFact(fact, environment)}`,
      ]),
    ],
    ["Limits", checks.describeLimits(findings.limits)],
    ["Not known", environment.missing.map(({ what, reason }) => [what, reason])],
    ["Transports", states],
    [
      "Permissions",
      permissions.map(({ flag, state, cost }) => [
        flag,
        state === "granted" ? "granted" : `${state}: ${cost}`,
      ]),
    ],
    ["Clock", [
      ["resolution", `${clock.stepNs.toFixed(0)} ns (smallest step seen)`],
      ["cost", `${clock.costNs.toFixed(0)} ns per call`],
    ]],
    ["Noise", [
      ...noise.map((
        verdict,
      ): [string, string] => [`peer ${verdict.peer}`, checks.describeNoise(verdict)]),
      ["socket pair", describeSocketpair(socketpair)],
    ]],
  ];
  return sections.filter(([, rows]) => rows.length > 0).map(renderSection).join("\n");
}

/** As in `round trip in one thread 2.6 µs [2.5 µs, 2.7 µs], 20 readings within a second`. */
function describeSocketpair(reading: SocketpairReading): string {
  if ("reason" in reading) return `not read: ${reading.reason}`;
  const { medianNs, lowNs, highNs, n } = reading;
  const [median, low, high] = [medianNs, lowNs, highNs].map((ns) => formatAmount(ns, "ns"));
  return `round trip in one thread ${median} [${low}, ${high}], ${n} readings within a second`;
}

function renderSection([title, rows]: readonly [string, readonly (readonly [string, string])[]]) {
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`);
  return `${title}\n${lines.join("")}`;
}
