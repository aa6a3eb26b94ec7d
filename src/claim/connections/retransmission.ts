// Claim 31: lost segments.

import { getOption, setOption, unsentBytes } from "../../kernel/options.ts";
import { loseNoSegments, loseSegments } from "../../kernel/socket_filter.ts";
import { SystemError } from "../../kernel/system_error.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import type { ClaimDeclaration, ClaimFacts, Decision, Lab } from "../claim.ts";
import { tryPart } from "../try_part.ts";
import { formatBytes } from "../format_figure.ts";
import { openRawPair, RawSockets, receiveNow, sendNow, waitUntil } from "../sockets.ts";
import { readSettingsOf } from "../socket_table.ts";

const LOSS = 0.05;
const MESSAGE_BYTES = 500;
const MAX_MESSAGES = 20_000;
/** Chance decides how many are lost: it goes on until so many were. */
const ENOUGH_LOST = 10;
const SYN_RETRIES = 1;
const GIVEN_UP_MS = 2_500;
const LIMIT_MS = 8_000;
const UDP_LIMIT_MS = 100;
const EXCHANGES = 20;
/** SYNs that Linux sends again at steady intervals before it doubles them, beyond those that are asked for (since 6.5). */
const LINEAR = "net.ipv4.tcp_syn_linear_timeouts";
const SETTINGS = ["net.ipv4.tcp_retries2", "net.ipv4.tcp_syn_retries", LINEAR];

type Whole = {
  messageBytes: number;
  sent: number;
  received: number;
  wrong: number;
  lost: number;
  again: number;
};

/** The timeout in force, beside the round trip that it follows. */
type Timeout = Readonly<{ when: string; rttMs: number; rtoMs: number }>;

/** One segment that never arrives; `atMs`: when it was sent again; `rtoMs`: the timeout after each; `error`: `null` for none in time. */
type GivenUp = {
  limitMs: number;
  atMs: readonly number[];
  rtoMs: readonly number[];
  error: string | null;
  afterMs: number;
};

type Syn = Readonly<{ asked: number; again: number; state: string; afterMs: number }>;

export const lostIsSentAgain: ClaimDeclaration = {
  id: "lost-is-sent-again",
  sentence: "Lost segments are retransmitted after an adaptive timeout, a bounded number of times",
  source:
    "RFC 6298; RFC 8985 (RACK-TLP); RFC 9293, section 3.8; tcp(7), tcp_retries2 and TCP_USER_TIMEOUT; Linux net/ipv4/tcp_output.c",
  method: `A filter on the receiving socket lost ${LOSS * 100} % of what arrived, ` +
    "by chance, and every byte was compared; the retransmission timeout was read after exchanges that are acknowledged at once and " +
    "after others whose acknowledgement the receiver delays; then everything was lost, and the sending again watched until the kernel gave up, for data and for a connect",
  rule: {
    "holds":
      "every byte arrived as sent although segments were lost and retransmitted, the timeout grew with the round trip and with each sending, and data and connect were given up with ETIMEDOUT after a bounded number",
    "holds in part":
      "every byte arrived and segments were retransmitted, and one of the rest was not seen",
    "does not hold": "bytes that were sent never arrived, or not as sent",
    "undecided":
      "no segment was lost, or none was retransmitted, or segments could not be lost here",
  },
  control: "the same with UDP, which sends nothing again: the sentence then does not hold",
  parts: { lossy: async (lab) => (await loseInMany(lab)) },
  waits: true,
  experiment: loseAndWatch,
  decide({ facts }) {
    const timeouts = facts!.timeouts as readonly Timeout[];
    const settings = facts!.settings as Readonly<Record<string, string>>;
    if (facts!.whole === undefined) return withoutLoss(timeouts, String(facts!.unlost));
    const whole = facts!.whole as Whole;
    const givenUp = facts!.givenUp as GivenUp;
    const syn = facts!.syn as Syn;
    const isWhole = whole.received === whole.sent && whole.wrong === 0;
    const isSentAgain = whole.lost > 0 && whole.again > 0;
    const [quick, slow] = timeouts;
    const isFollowing = slow!.rttMs > quick!.rttMs && slow!.rtoMs > quick!.rtoMs;
    const isBackingOff = givenUp.rtoMs.length > 1 &&
      givenUp.rtoMs.every((rto, k) => k === 0 || rto > givenUp.rtoMs[k - 1]!);
    const isBounded = givenUp.error === "ETIMEDOUT" && syn.state === "ETIMEDOUT" &&
      syn.again >= syn.asked && syn.again <= syn.asked + Number(settings[LINEAR] ?? Infinity);
    return {
      verdict: !isWhole
        ? "does not hold"
        : isSentAgain && isBounded && (isFollowing || isBackingOff)
        ? isFollowing && isBackingOff ? "holds" : "holds in part"
        : isSentAgain
        ? "holds in part"
        : "undecided",
      answer: `${whole.lost} lost, ${whole.again} retransmitted; ` +
        `${isWhole ? "all" : "not all"} of ${formatBytes(whole.sent)} arrived as sent`,
      seen: [
        `In messages of ${whole.messageBytes} B, ${whole.lost} segments were lost at the receiver; ${whole.again} were retransmitted, and ${whole.received} of ${whole.sent} B arrived, ${whole.wrong} of them wrong`,
        "Nothing of one segment arriving, " +
        `it was retransmitted after ${givenUp.atMs.map((ms) => ms.toFixed(0)).join(", ")} ms, ` +
        `the timeout then being ${givenUp.rtoMs.map((ms) => ms.toFixed(0)).join(", ")} ms; ` +
        `after ${(givenUp.afterMs / 1e3).toFixed(1)} s the connection was ` +
        `given up${givenUp.error === null ? "" : ` with ${givenUp.error}`} (TCP_USER_TIMEOUT ` +
        `was set to ${givenUp.limitMs} ms)`,
        `A connect with TCP_SYNCNT ${syn.asked}${
          settings[LINEAR] === undefined
            ? ""
            : `, to which tcp_syn_linear_timeouts may add ${settings[LINEAR]},`
        } sent its SYN again ${syn.again} times and ended with ${syn.state} after ${
          (syn.afterMs / 1e3).toFixed(1)
        } s`,
        ...Object.entries(settings).map(([name, value]) => `${name} is ${value}`),
      ],
      tables: [{
        caption: "The timeout follows the round trip that the sender sees",
        columns: ["acknowledgements", "smoothed round trip", "retransmission timeout"],
        rows: timeouts.map(({ when, rttMs, rtoMs }) => [
          when,
          `${rttMs.toFixed(3)} ms`,
          `${rtoMs.toFixed(0)} ms`,
        ]),
      }],
      why: [
        "The timeout is the smoothed round trip and four times its deviation (RFC 6298), on Linux the latter at least 200 ms (TCP_RTO_MIN), and doubles with each sending that is not acknowledged",
        "It is the last resort: where segments follow the lost one, their acknowledgements report the gap and it is retransmitted within a round trip; and where none follows, Linux sends the last one again after two round trips and, with only one segment under way, the longest time by which an acknowledgement may be delayed (tail loss probe, RFC 8985, section 7): a first resend that leaves the timeout as it was is such a probe",
        "The numbers of lost and of resent segments need not agree: one resend may carry the bytes of several lost segments (tcp_retrans_try_collapse), an acknowledgement that is lost is not retransmitted, and what is retransmitted may be lost as well",
        "By default a connection is given up when about as much time has passed as tcp_retries2 such steps take: 15 are some 15 minutes. A connect gives up after tcp_syn_retries; since Linux 6.5 tcp_syn_linear_timeouts of them are a second apart, and the rest doubles",
      ],
    };
  },
  meaning:
    "TCP hides a lossy path as delay, and a dead one for a quarter of an hour: a Deno program sees neither an error nor a reply. And where the request has been acknowledged and the peer then dies, nothing is left to be retransmitted: who waits for the reply waits for ever. `setKeepAlive` has the kernel ask, after two hours as Linux has it; what must be noticed sooner needs a time limit of the program's own",
  code: [
    "conn.setKeepAlive(true); // a dead peer ends the read in the end",
    "const timer = setTimeout(() => conn.close(), 5_000); // or sooner: the pending read rejects",
    "try {",
    "  await conn.read(reply);",
    "} finally {",
    "  clearTimeout(timer);",
    "}",
  ].join("\n"),
};

/** What is left to say where no segment can be lost. */
function withoutLoss([quick, slow]: readonly Timeout[], reason: string): Decision {
  const [first, then] = [quick!, slow!].map(({ rtoMs }) => `${rtoMs.toFixed(0)} ms`);
  return {
    verdict: "undecided",
    answer: `timeout ${first}, with delayed acknowledgements ${then}`,
    seen: [`Segments could not be lost: ${reason}`],
    why: ["The timeout is the smoothed round trip and four times its deviation (RFC 6298)"],
  };
}

async function loseAndWatch(lab: Lab): Promise<ClaimFacts> {
  // Side by side: they wait for timers, each on sockets of its own.
  const [{ facts, reason }, timeouts] = await Promise.all([
    tryPart(lostIsSentAgain, "lossy", lab),
    watchTimeouts(lab),
  ]);
  const settings = await readSettingsOf(SETTINGS);
  return { ...(facts ?? { unlost: reason! }), timeouts: timeouts, settings };
}

async function loseInMany(lab: Lab) {
  const [whole, givenUp, syn] = await Promise.all([
    sendOverLoss("tcp", lab),
    loseAll(lab),
    connectToNobody(lab),
  ]);
  return { whole, givenUp, syn };
}

/** Sends to a socket that loses a share of what arrives, and compares every byte. */
export async function sendOverLoss(kind: "tcp" | "udp", lab: Lab): Promise<Whole> {
  using sockets = new RawSockets(lab);
  const [client, server] = await sockets.openPair(kind, lab);
  if (kind === "tcp") setOption(client, "TCP_NODELAY", 1);
  loseSegments(server, LOSS);
  const message = new Uint8Array(MESSAGE_BYTES);
  const buffer = new Uint8Array(65_536);
  let sent = 0;
  let received = 0;
  let wrong = 0;
  // Byte n of the stream is n modulo 251, which no length of a segment divides.
  const takeAll = () => {
    for (let bytes; (bytes = receiveNow(server, buffer) ?? 0) > 0;) {
      for (let i = 0; i < bytes; i++) if (buffer[i] !== (received + i) % 251) wrong++;
      received += bytes;
    }
    return received === sent;
  };
  const countLost = () => getOption(server, "SO_MEMINFO").drops;
  const limitMs = kind === "tcp" ? LIMIT_MS : UDP_LIMIT_MS;
  for (let k = 0; k < MAX_MESSAGES && countLost() < ENOUGH_LOST && !lab.signal.aborted; k++) {
    for (let i = 0; i < MESSAGE_BYTES; i++) message[i] = (sent + i) % 251;
    sent += sendNow(client, message);
    takeAll();
    // While a segment is missing the others are sent in larger ones, of which few can be lost: the next waits for it.
    if (kind === "tcp" && k % 10 === 9) await waitUntil(lab, takeAll, LIMIT_MS);
  }
  await waitUntil(lab, takeAll, limitMs);
  return {
    sent,
    received,
    wrong,
    messageBytes: MESSAGE_BYTES,
    lost: countLost(),
    again: kind === "tcp" ? readTcpInfo(client).totalRetransmits : 0,
  };
}

async function watchTimeouts(lab: Lab): Promise<readonly Timeout[]> {
  const timeouts: Timeout[] = [];
  for (const [when, quick] of [["at once", 1], ["delayed", 0]] as const) {
    using pair = openRawPair("tcp", lab);
    const { client, server } = pair;
    setOption(client, "TCP_NODELAY", 1);
    const buffer = new Uint8Array(64);
    for (let k = 0; k < EXCHANGES; k++) {
      // The kernel goes back to its own choice by itself.
      setOption(server, "TCP_QUICKACK", quick);
      sendNow(client, new Uint8Array(8));
      receiveNow(server, buffer);
      await waitUntil(lab, () => unsentBytes(client) === 0, LIMIT_MS);
    }
    const { rttNs, rtoNs } = readTcpInfo(client);
    timeouts.push({ when, rttMs: rttNs / 1e6, rtoMs: rtoNs / 1e6 });
  }
  return timeouts;
}

async function loseAll(lab: Lab): Promise<GivenUp> {
  using pair = openRawPair("tcp", lab);
  const { client, server } = pair;
  const { clock } = lab;
  setOption(client, "TCP_USER_TIMEOUT", GIVEN_UP_MS);
  loseSegments(server, "everything");
  sendNow(client, new Uint8Array(8));
  const startNs = clock.nowNs();
  const atMs: number[] = [];
  const rtoMs: number[] = [];
  let error: string | null = null;
  let again = 0;
  await waitUntil(lab, () => {
    const info = readTcpInfo(client);
    // Two that fell between two looks are one entry: each has the timeout that it was followed by.
    if (info.totalRetransmits > again) {
      again = info.totalRetransmits;
      atMs.push((clock.nowNs() - startNs) / 1e6);
      rtoMs.push(info.rtoNs / 1e6);
    }
    return info.state === "CLOSED";
  }, LIMIT_MS);
  const afterMs = (clock.nowNs() - startNs) / 1e6;
  try {
    receiveNow(client, new Uint8Array(1));
  } catch (thrown) {
    error = thrown instanceof SystemError ? thrown.code : String(thrown);
  }
  loseNoSegments(server);
  return { limitMs: GIVEN_UP_MS, atMs, rtoMs, error, afterMs };
}

async function connectToNobody(lab: Lab): Promise<Syn> {
  using sockets = new RawSockets(lab);
  const { clock } = lab;
  const listener = sockets.listen("tcp", 1);
  loseSegments(listener.fd, "everything");
  const fd = sockets.socket("tcp");
  setOption(fd, "TCP_SYNCNT", SYN_RETRIES);
  const startNs = clock.nowNs();
  sockets.connectWith(fd, listener.address);
  let again = 0;
  await waitUntil(lab, () => {
    const info = readTcpInfo(fd);
    again = Math.max(again, info.totalRetransmits);
    return info.state !== "SYN-SENT";
  }, LIMIT_MS);
  const state = sockets.connectState(fd);
  return { asked: SYN_RETRIES, again, state, afterMs: (clock.nowNs() - startNs) / 1e6 };
}
