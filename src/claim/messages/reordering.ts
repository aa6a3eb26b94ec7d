// Claim 14: datagrams that arrive out of order.

import { requireLibc } from "../../kernel/libc.ts";
import { inNamedNamespace, NAMED_NAMESPACES, runCommand } from "../../kernel/namespace.ts";
import type { ClaimDeclaration, ClaimFacts, Lab } from "../claim.ts";
import { RawSockets, receiveNow, waitUntil } from "../sockets.ts";
import { formatFigure } from "../format_figure.ts";
import { isolateExperiment } from "../try_part.ts";

const DATAGRAMS = 40;
const BYTES = 1_000;
const LIMIT_MS = 5_000;
const FAR = "sockbench-far";
const TARGET = "10.99.9.9";
const PORT = 7_000;
const SLOW_MBIT = 1;

/** Two ways between two namespaces, the first through a queue of known rate. */
const TWO_WAYS = `
${NAMED_NAMESPACES}
ip netns add ${FAR}
for way in 0 1; do
  ip link add near$way type veth peer name far$way netns ${FAR}
  ip address add 10.99.$way.1/24 dev near$way
  ip -n ${FAR} address add 10.99.$way.2/24 dev far$way
  ip link set near$way up
  ip -n ${FAR} link set far$way up
done
ip -n ${FAR} link set lo up
ip -n ${FAR} address add ${TARGET}/32 dev lo
ip netns exec ${FAR} sh -c 'for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done'
ip route add ${TARGET}/32 via 10.99.0.2
tc qdisc add dev near0 root tbf rate ${SLOW_MBIT}mbit burst 2kb limit 1mb
`;

/** What arrived over one path. `reordered`: after one with a higher number (RFC 4737, Type-P-Reordered). */
type Arrived = Readonly<{ path: string; sent: number; received: number; reordered: number }>;

export const datagramsMayBeReordered: ClaimDeclaration = {
  id: "datagrams-may-be-reordered",
  sentence: "Datagrams may arrive out of order",
  source: "RFC 768; RFC 4737, section 3 (Type-P-Reordered); tc-tbf(8); ip-route(8)",
  method:
    `${DATAGRAMS} numbered datagrams were sent over loopback; and ${DATAGRAMS} between two network namespaces with two ways between them, of which the first passes ${SLOW_MBIT} Mbit/s (tc tbf): after half of them the route was moved to the other (ip route replace). Each number was compared with the highest that had come before`,
  rule: {
    "holds": "on some path a datagram came after one with a higher number",
    "undecided": 'none did: not seeing it does not refute a "may"',
  },
  control: "the same two ways with the route left alone: undecided",
  parts: {
    "two ways": async (lab) => ({ path: await sendOverTwoWays(lab, true) }),
    "one way": async (lab) => ({ path: await sendOverTwoWays(lab, false) }),
  },
  experiment: (lab) => sendOverPaths(lab),
  decide({ facts }) {
    const paths = facts!.paths as readonly Arrived[];
    const reordered = paths.filter((one) => one.reordered > 0);
    const last = reordered[0] ?? paths.at(-1)!;
    const [loopback] = paths;
    return {
      verdict: reordered.length > 0 ? "holds" : "undecided",
      answer: `${last.path}: ${last.reordered} of ${last.received} out of order`,
      seen: [
        ...paths.map(({ path, sent, received, reordered }) =>
          `${path}: ${received} of ${sent} datagrams came, ${reordered} of them after one with a higher number`
        ),
        ...(facts!.untried === undefined ? [] : [`Two ways could not be tried: ${facts!.untried}`]),
        ...(loopback!.reordered > 0 || loopback!.received === 0 ? [] : [
          `With none in ${loopback!.received}, at most about ${
            formatFigure({ value: 3 / loopback!.received, unit: "ratio" })
          } are reordered on that path (95 %, rule of three)`,
        ]),
      ],
      why: [
        "A path with one queue from sender to receiver lets nothing overtake. Loopback has a queue for each CPU (enqueue_to_backlog, net/core/dev.c), which as a rule is empty again when the send returns, so that one thread's datagrams come in order there. Reordering needs two ways, as on networks with several links or when a route changes, or several threads that send through sockets of their own",
      ],
    };
  },
  meaning:
    "What one thread sends over loopback comes in order as a rule, and no protocol should rely on it: the same program on a network meets reordering. A number in each message costs four bytes",
  code: [
    "const number = new DataView(message.buffer).getUint32(0);",
    "if (number > highest) highest = number; // else: late, or a copy",
  ].join("\n"),
};

/** Sends over loopback and over two ways. */
export async function sendOverPaths(
  lab: Lab,
  part: "two ways" | "one way" = "two ways",
): Promise<ClaimFacts> {
  const over = await sendOverLoopback(lab);
  try {
    const { id } = datagramsMayBeReordered;
    const { path } = await isolateExperiment<{ path: Arrived }>([id, part], lab.signal, TWO_WAYS);
    return { paths: [over, path] };
  } catch (error) {
    return { paths: [over], untried: (error as Error).message };
  }
}

async function sendOverLoopback(lab: Lab): Promise<Arrived> {
  using sockets = new RawSockets(lab);
  const receiver = sockets.bind("udp");
  const sender = sockets.sender("udp", sockets.addressOf(receiver));
  for (let number = 0; number < DATAGRAMS; number++) send(sender, number);
  return await receiveAll("loopback", receiver, lab);
}

async function sendOverTwoWays(lab: Lab, moves: boolean): Promise<Arrived> {
  using sockets = new RawSockets(lab);
  const receiver = inNamedNamespace(FAR, () => sockets.bind("udp", PORT, TARGET));
  const sender = sockets.sender("udp", sockets.addressOf(receiver));
  for (let number = 0; number < DATAGRAMS; number++) {
    if (moves && number === DATAGRAMS / 2) {
      await runCommand("ip", ["route", "replace", `${TARGET}/32`, "via", "10.99.1.2"], lab.signal);
    }
    send(sender, number);
  }
  return await receiveAll(
    moves ? "two ways, the route moved" : "two ways, the route left alone",
    receiver,
    lab,
  );
}

function send(fd: number, number: number): void {
  const libc = requireLibc();
  const message = new Uint8Array(BYTES);
  new DataView(message.buffer).setUint32(0, number);
  libc.check(libc.symbols.send(fd, message, BigInt(BYTES), 0), "send");
}

async function receiveAll(path: string, fd: number, lab: Lab): Promise<Arrived> {
  const message = new Uint8Array(BYTES);
  const view = new DataView(message.buffer);
  let [received, reordered, highest] = [0, 0, -1];
  await waitUntil(lab, () => {
    while (receiveNow(fd, message) !== undefined) {
      const number = view.getUint32(0);
      received++;
      if (number < highest) reordered++;
      highest = Math.max(highest, number);
    }
    return received === DATAGRAMS;
  }, LIMIT_MS);
  return { path, sent: DATAGRAMS, received, reordered };
}
