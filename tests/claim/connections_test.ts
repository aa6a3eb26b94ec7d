import { sessionOf } from "./lab.ts";
/** Claims 20 to 32: what is decided of facts made by hand, and what cheap experiments count on this machine. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import {
  CannotTry,
  type Claim,
  type ClaimFacts,
  type ClaimVerdict,
  type Lab,
} from "../../src/claim/claim.ts";
import { ClaimFigures } from "../../src/claim/claim_figures.ts";
import { claims } from "../../src/claim/registry.ts";
import { parseSocketTable } from "../../src/claim/socket_table.ts";
import { usableStreams } from "../../src/claim/channels.ts";
import { planClaims } from "../../src/claim/plan_claims.ts";
import { runClaims } from "../../src/claim/run_claims.ts";
import { systemClock } from "../../src/clock.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import type { Availability } from "../../src/transport/transport.ts";
import { LIBC, LINUX, needs } from "../support/needs.ts";

const catalog = createCatalog();
const kernel = openKernel();

function claim(number: number): Claim {
  return claims.find((one) => one.number === number)!;
}

/** Figures of a run that measured nothing. */
async function noFigures(): Promise<ClaimFigures> {
  const nothing = new Map<string, Availability>();
  const plan = planClaims([], { peer: "loop", rounds: 1, seed: 1 }, catalog, nothing);
  const { record } = await runClaims([], plan, {
    lab: labIn("/nonexistent"),
    session: sessionOf(labIn("/nonexistent")),
    command: "test",
  });
  return new ClaimFigures(record, new Map());
}

function labIn(directory: string, signal = new AbortController().signal): Lab {
  return {
    clock: systemClock,
    catalog,
    availability: new Map([...catalog.transports.keys()].map((id) => [id, { available: true }])),
    pinning: { available: false, reason: "it needs --allow-ffi" },
    peer: "loop",
    directory,
    kernel,
    signal,
  };
}

interface Row {
  readonly number: number;
  readonly facts: unknown;
  readonly verdict: ClaimVerdict;
}

const lost = (connectedMs: number | null, acceptedMs: number | null) => ({
  lostMs: 50,
  connectedMs,
  acceptedMs,
});
const counted = {
  client: "ESTABLISHED, 2 sent, 1 received",
  server: "ESTABLISHED, 0 sent, 2 received",
};
const silent = (returned: number, receivedBytes: number | null = 0) => ({
  rows: [{ transport: "tcp", connects: 20, returned, longestMs: 1, receivedBytes }],
});
const late = (connected: number, read: number) => ({
  transport: "tcp",
  tried: 16,
  connected,
  read,
});
const queues = [
  { when: "connected and written to", clients: 16, clientsOpen: 16, halfOpen: 0, acceptQueue: 16 },
  { when: "their third segments lost", clients: 16, clientsOpen: 16, halfOpen: 16, acceptQueue: 0 },
];
const bound = (backlog: number, completed: number) => ({
  who: "tcp",
  backlog,
  completed,
  next: "waits",
});
const kept = (exchanged: number, livesOn: boolean) => ({
  rows: [{ transport: "tcp", connections: 10, exchanged, livesOn, survives: livesOn }],
});
const closes = (arrived: number, segments: readonly number[]) => ({
  halves: [{ kind: "tcp", sent: 10, arrived, states: null }],
  counts: [{ when: "at once", segments }],
});
const left = (clientSide: number, serverSide: number, seconds = 60) => ({
  closes: 8,
  rows: [{ transport: "tcp", first: "client", clientSide, serverSide, seconds }],
  settings: {},
  afterReset: 0,
  unix: 0,
  unseen: null,
});
const ports = (one: number, low: string, chosen = [0, one]) => ({
  clients: 20,
  ports: Array(20).fill(one),
  range: [32_768, 60_999],
  unprivilegedStart: 1_024,
  chosen,
  binds: [{ port: 1_023, privileged: false, outcome: low }],
});
const shared = (tcp: number, udp: number, crossed: number) => ({
  port: 7,
  exchanges: 10,
  tcp,
  udp,
  crossed,
  again: { tcp: "refused", udp: "refused" },
});
const served = (answered: number, again: number) => ({
  rows: [{
    transport: "tcp",
    requests: 20,
    answered,
    again,
    met: "BrokenPipe",
    timeWait: 20,
    timeWaitKept: 1,
  }],
});
const resent = (received: number, dropped: number, rtoMs: readonly number[]) => ({
  whole: { messageBytes: 500, sent: 1_000, received, wrong: 0, lost: dropped, again: dropped },
  timeouts: [
    { when: "at once", rttMs: 0.01, rtoMs: 204 },
    { when: "delayed", rttMs: 40, rtoMs: 244 },
  ],
  givenUp: { limitMs: 2_500, atMs: rtoMs, rtoMs, error: "ETIMEDOUT", afterMs: 2_900 },
  syn: { asked: 1, again: 5, state: "ETIMEDOUT", afterMs: 5_000 },
  settings: { "net.ipv4.tcp_syn_linear_timeouts": "4" },
});
const acknowledged = (client: number) => ({
  opened: { client: 1, server: 0 },
  moved: [{ bytes: 100, client, server: client }],
  received: [1, 1],
});

const ROWS: readonly Row[] = [
  {
    number: 20,
    facts: { ends: [counted], firstLost: lost(1_020, 1_020), thirdLost: lost(1_020, 1_020) },
    verdict: "holds",
  },
  {
    number: 20,
    facts: { ends: [counted], firstLost: lost(1_020, 1_020), thirdLost: lost(0.1, null) },
    verdict: "holds in part",
  },
  {
    number: 20,
    facts: { ends: [counted], firstLost: lost(1_020, 1_020), thirdLost: lost(0.1, 0.1) },
    verdict: "does not hold",
  },
  {
    number: 20,
    facts: { ends: [counted], firstLost: lost(0.1, null), thirdLost: lost(0.1, null) },
    verdict: "does not hold",
  },
  { number: 20, facts: { ends: [counted], unlost: "it needs a right" }, verdict: "undecided" },
  { number: 21, facts: silent(20), verdict: "does not hold" },
  { number: 21, facts: silent(20, null), verdict: "does not hold" },
  { number: 21, facts: silent(0), verdict: "holds" },
  { number: 21, facts: silent(19), verdict: "undecided" },
  { number: 21, facts: silent(20, 5), verdict: "undecided" },
  { number: 22, facts: { late: [late(16, 160)], queues, syncookies: null }, verdict: "holds" },
  {
    number: 22,
    facts: { late: [late(16, 160)], unseen: "closed", syncookies: null },
    verdict: "holds in part",
  },
  {
    number: 22,
    facts: { late: [late(16, 160), late(16, 10)], queues, syncookies: null },
    verdict: "holds in part",
  },
  {
    number: 22,
    facts: { late: [late(16, 10)], queues, syncookies: null },
    verdict: "does not hold",
  },
  { number: 23, facts: { bounds: [bound(1, 2), bound(16, 17)], next: [] }, verdict: "holds" },
  {
    number: 23,
    facts: { bounds: [bound(1, 9), bound(16, 17)], next: [] },
    verdict: "holds in part",
  },
  {
    number: 23,
    facts: { bounds: [bound(1, 9), bound(16, 24)], next: [] },
    verdict: "does not hold",
  },
  {
    number: 23,
    facts: { bounds: [{ ...bound(128, 60), next: "EADDRNOTAVAIL" }, bound(16, 17)], next: [] },
    verdict: "holds",
  },
  {
    number: 23,
    facts: { bounds: [{ ...bound(128, 60), next: "EMFILE" }], next: [] },
    verdict: "undecided",
  },
  { number: 24, facts: kept(10, true), verdict: "holds" },
  { number: 24, facts: kept(9, true), verdict: "holds in part" },
  { number: 24, facts: kept(10, false), verdict: "does not hold" },
  {
    number: 24,
    facts: {
      ...kept(10, true),
      identities: { connections: 10, sockets: 10, ports: 1, listening: 1 },
    },
    verdict: "holds in part",
  },
  { number: 25, facts: closes(10, [4, 4]), verdict: "holds" },
  { number: 25, facts: closes(10, [3, 4]), verdict: "holds in part" },
  { number: 25, facts: closes(10, [5, 4]), verdict: "undecided" },
  { number: 25, facts: closes(9, [4, 4]), verdict: "does not hold" },
  { number: 26, facts: left(8, 0, 240), verdict: "holds" },
  { number: 26, facts: left(8, 0), verdict: "holds in part" },
  { number: 26, facts: left(0, 8), verdict: "does not hold" },
  { number: 26, facts: left(5, 0), verdict: "undecided" },
  { number: 26, facts: left(0, 0, 0), verdict: "undecided" },
  { number: 27, facts: ports(40_000, "EACCES"), verdict: "holds" },
  { number: 27, facts: ports(40_000, "bound"), verdict: "holds in part" },
  { number: 27, facts: ports(40_000, "EADDRINUSE"), verdict: "undecided" },
  { number: 27, facts: { ...ports(40_000, ""), binds: [] }, verdict: "undecided" },
  { number: 27, facts: ports(80, "EACCES"), verdict: "does not hold" },
  { number: 27, facts: ports(40_000, "EACCES", [40_000, 40_000]), verdict: "does not hold" },
  { number: 28, facts: shared(10, 10, 0), verdict: "holds" },
  { number: 28, facts: shared(10, 9, 0), verdict: "undecided" },
  { number: 28, facts: shared(9, 10, 1), verdict: "does not hold" },
  { number: 29, facts: served(20, 0), verdict: "holds" },
  { number: 29, facts: served(20, 20), verdict: "does not hold" },
  { number: 29, facts: served(19, 0), verdict: "undecided" },
  { number: 31, facts: resent(1_000, 10, [200, 400]), verdict: "holds" },
  { number: 31, facts: resent(1_000, 10, [200, 200]), verdict: "holds in part" },
  { number: 31, facts: resent(1_000, 0, [200, 400]), verdict: "undecided" },
  { number: 31, facts: resent(999, 10, [200, 400]), verdict: "does not hold" },
  { number: 32, facts: acknowledged(100), verdict: "holds" },
  { number: 32, facts: acknowledged(101), verdict: "does not hold" },
  { number: 32, facts: acknowledged(99), verdict: "undecided" },
];

Deno.test("claims 20 to 32 are there, each once", () => {
  assertEquals(
    claims.filter(({ group }) => group === "connections").map(({ number }) => number).sort((a, b) =>
      a - b
    ),
    Array.from({ length: 13 }, (_, k) => 20 + k),
  );
});

Deno.test("decide() of the claims on opening and closing follows from the facts, whichever way they fall", async () => {
  const figures = await noFigures();
  for (const { number, facts, verdict } of ROWS) {
    const decision = claim(number).decide({ figures, facts: facts as ClaimFacts });
    assertEquals(decision.verdict, verdict, `claim ${number} of ${JSON.stringify(facts)}`);
    assert(decision.answer.length <= 90, `claim ${number}: ${decision.answer}`);
    assert(!/undefined|NaN|null/.test(JSON.stringify(decision)), JSON.stringify(decision));
  }
});

Deno.test("claims that rest on an experiment are not decided without its facts", async () => {
  const figures = await noFigures();
  for (const number of [20, 25, 29]) {
    const decision = claim(number).decide({ figures, failure: "it needs --allow-ffi" });
    assertEquals(decision.verdict, "cannot be tried here");
    assertEquals(decision.answer, "it needs --allow-ffi");
  }
  assertEquals(claim(30).decide({ figures }).verdict, "cannot be tried here");
});

async function experiment(number: number): Promise<ClaimFacts> {
  await using directory = await createSocketDirectory();
  const facts = await claim(number).experiment!(labIn(directory.path));
  assertEquals(await Array.fromAsync(Deno.readDir(directory.path)), [], "a file was left behind");
  return facts;
}

for (const number of [21, 24, 25, 26, 27, 28, 29, 32]) {
  Deno.test({
    ...needs(`the experiment of claim ${number} brings home facts that decide it`, LIBC, LINUX),
    fn: async () => {
      const facts = await experiment(number);
      const figures = await noFigures();
      const { verdict } = claim(number).decide({ figures, facts });
      assert(["holds", "holds in part", "does not hold"].includes(verdict), verdict);
    },
  });
}

Deno.test({
  ...needs("claim 28's experiment mixes nothing up", LIBC, LINUX),
  fn: async () => {
    const { tcp, udp, crossed } = await experiment(28);
    assertEquals({ tcp, udp, crossed }, { tcp: 10, udp: 10, crossed: 0 });
  },
});

Deno.test({
  ...needs(
    "claim 32's experiment counts exactly the bytes, with SYN and FIN one each",
    LIBC,
    LINUX,
  ),
  fn: async () => {
    const { opened, moved, received } = await experiment(32);
    assertEquals(opened, { client: 1, server: 0 });
    assertEquals(
      moved,
      [1, 100, 1_000, 10_000].map((bytes) => ({ bytes, client: bytes, server: bytes })),
    );
    assertEquals(received, [1, 1]);
  },
});

Deno.test({
  ...needs("an experiment that is ended comes to its end, and closes what it opened", LIBC, LINUX),
  fn: async () => {
    await using directory = await createSocketDirectory();
    for (const { number, experiment } of claims.filter(({ group }) => group === "connections")) {
      // It may fail then, and say so; the sanitizers tell what it leaves open.
      await experiment?.(labIn(directory.path, AbortSignal.abort())).catch((error) =>
        assert(error instanceof Error, `claim ${number}`)
      );
    }
  },
});

Deno.test("usableStreams() gives those that work, and where none does the reason of the first", () => {
  const lab = labIn("/nonexistent");
  assertEquals(usableStreams(["tcp", "udp", "unix"], lab).map(([id]) => id), ["tcp", "unix"]);
  const refused: Availability = { available: false, reason: "no port is free" };
  const none = { ...lab, availability: new Map([["tcp", refused]]) };
  const error = assertThrows(() => usableStreams(["tcp", "unix"], none), CannotTry);
  assertEquals(error.message, "tcp does not work here: no port is free");
  assertThrows(() => usableStreams(["carrier-pigeon"], lab), CannotTry);
});

Deno.test("parseSocketTable() reads ports, states and timers, and leaves other lines out", () => {
  const text = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 514 1 0",
    "   1: 0100007F:CE2E 0100007F:1F90 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0",
    "  12: 0100007F:1F90 0100007F:CE30 03 00000000:00000000 01:00000063 00000000     0        0 0 1 0",
    "12345: 0100007F:0050 0100007F:CE30 0B 00000000:00000000 00:00000000 00000000     0        0 0 1 0",
    "garbage",
  ].join("\n");
  assertEquals(parseSocketTable(text), [
    { localPort: 8_080, remotePort: 0, state: "LISTEN", timerSeconds: 0 },
    { localPort: 52_782, remotePort: 8_080, state: "TIME-WAIT", timerSeconds: 60 },
    { localPort: 8_080, remotePort: 52_784, state: "SYN-RECEIVED", timerSeconds: 0.99 },
    { localPort: 80, remotePort: 52_784, state: "other", timerSeconds: 0 },
  ]);
  assertEquals(parseSocketTable(""), []);
});
