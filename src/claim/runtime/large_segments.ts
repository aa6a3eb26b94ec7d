// Claim 40: what loopback hides of TCP.

import { inNamedNamespace, NAMED_NAMESPACES } from "../../kernel/namespace.ts";
import { unsentBytes } from "../../kernel/options.ts";
import { loseSegments } from "../../kernel/socket_filter.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import { defineClaim, firstMet, type Lab } from "../claim.ts";
import { RawSockets, receiveNow, sendNow, waitUntil } from "../sockets.ts";
import { formatBytes } from "../format_figure.ts";
import { isolateExperiment } from "../try_part.ts";

const MESSAGE_BYTES = 65_483;
const MTU = 1_500;
const FAR = "sockbench-far";
const NEAR_IP = "10.99.0.1";
const FAR_IP = "10.99.0.2";
const LIMIT_MS = 2_000;
/** What the window lets leave has left by then, paced or not, and the tail loss probe of some 10 ms later has not (RFC 8985). */
const FLIGHT_NS = 1e6;

/** Two namespaces and a wire between them. */
export const wire = (mtu: number) => `
${NAMED_NAMESPACES}
ip netns add ${FAR}
ip link add near type veth peer name far netns ${FAR}
ip link set near mtu ${mtu} up
ip -n ${FAR} link set far mtu ${mtu} up
ip address add ${NEAR_IP}/24 dev near
ip -n ${FAR} address add ${FAR_IP}/24 dev far
`;

/** A message over one path: largest segment, window at first and then, and round trips until all left (RFC 5681, section 3.1). */
type Path = {
  path: string;
  bytes: number;
  segmentBytes: number;
  initialWindow: number;
  firstFlight: number;
  segments: number;
  roundTrips: number;
  window: number;
};

type Paths = { readonly loopback: Path; readonly ethernet: Path };

export const loopbackHidesSlowStart = defineClaim<Paths>({
  id: "loopback-hides-slow-start",
  sentence: "Loopback's 64 KiB segments hide slow start and MSS",
  source:
    "RFC 6928; RFC 5681, section 3.1; RFC 9293, section 3.7.1; veth(4); Linux drivers/net/loopback.c, loopback_setup; include/net/tcp.h, TCP_INIT_CWND",
  method:
    `${MESSAGE_BYTES} B were written to a fresh TCP connection over loopback, and over a virtual Ethernet (veth) with an MTU of ${MTU} between two network namespaces: to a peer that loses every segment after the handshake, so that what left is what may leave before the first acknowledgement, and to one that reads`,
  rule: {
    "holds":
      "over loopback the whole message left at once and in fewer than a tenth of the segments; over Ethernet less than half of it left",
    "holds in part": "one of the two",
    "does not hold": "neither",
  },
  control: "a virtual Ethernet with an MTU of 65,535: the sentence then does not hold",
  parts: { wire: (lab) => compareSegments(lab) },
  waits: true,
  experiment: (lab) =>
    isolateExperiment<Paths>(["loopback-hides-slow-start", "wire"], lab.signal, wire(MTU)),
  decide({ facts }) {
    const { loopback, ethernet } = facts!;
    const hidesMss = loopback.segments * 10 < ethernet.segments;
    const hidesStart = loopback.firstFlight === loopback.bytes &&
      ethernet.firstFlight * 2 < ethernet.bytes;
    return {
      verdict: firstMet(
        { holds: hidesMss && hidesStart, "holds in part": hidesMss || hidesStart },
        "does not hold",
      ),
      answer: `first flight of ${formatBytes(loopback.bytes)}: loopback ` +
        `${formatBytes(loopback.firstFlight)}, Ethernet ${formatBytes(ethernet.firstFlight)}`,
      seen: [loopback, ethernet].map((one) =>
        `${one.path}: a segment may carry ${one.segmentBytes} B; of ${one.bytes} B ${one.firstFlight} B left before anything was acknowledged, with a congestion window of ${one.initialWindow} segments; the message came in ${one.segments} segments. Round trips until all has left, when the window doubles with each: ${one.roundTrips}`
      ),
      why: [
        "Loopback has an MTU of 65,536 B, so that a segment carries nearly 64 KiB and the initial window of 10 segments (RFC 6928) some 640 KiB: the receiver's window, not the congestion window, is what a sender meets there. On Ethernet the same 10 segments are 14 KiB, and what does not fit waits for acknowledgements, a round trip for each doubling of the window",
        "That a message of one segment's size leaves in more of them is due to the receiver's window: Linux makes no segment larger than half of the largest window it was offered (tcp_bound_to_half_wnd)",
        "Over loopback a round trip is some microseconds besides. A path of 50 ms makes the difference between one round trip and several visible to anybody, and a measurement on one machine cannot show it",
      ],
    };
  },
  meaning:
    "What was measured over loopback says nothing of the first hundred KiB of a connection between machines. Keep connections, whose window has grown (after a pause it begins anew, unless net.ipv4.tcp_slow_start_after_idle is 0 or the congestion control is BBR, which ignores that setting), and measure between hosts or over a slow veth",
  code: [
    "const client = Deno.createHttpClient({ poolMaxIdlePerHost: 8 }); // kept connections have left slow start",
    "const response = await fetch(url, { client });",
  ].join("\n"),
});

/** Sends over both paths, in a namespace that has them. */
async function compareSegments(lab: Lab): Promise<Paths> {
  return {
    loopback: await sendOver("Loopback", "127.0.0.1", (action) => action(), lab),
    ethernet: await sendOver("Ethernet", FAR_IP, (action) => inNamedNamespace(FAR, action), lab),
  };
}

async function sendOver(
  path: string,
  hostname: string,
  there: <T>(action: () => T) => T,
  lab: Lab,
): Promise<Path> {
  using sockets = new RawSockets(lab);
  const message = new Uint8Array(MESSAGE_BYTES);
  const listener = there(() => sockets.listen("tcp", 1, 0, hostname));
  const open = () => sockets.connectTo(listener, lab);
  const [silent, lossy] = await open();
  const initialWindow = readTcpInfo(silent).cwnd;
  loseSegments(lossy, "everything");
  const taken = sendNow(silent, message);
  const readFlight = () => taken - (readTcpInfo(silent).notSentBytes ?? 0);
  let firstFlight = readFlight();
  const endNs = lab.clock.nowNs() + FLIGHT_NS;
  for (let now = firstFlight; lab.clock.nowNs() < endNs; now = readFlight()) firstFlight = now;
  const [client, server] = await open();
  sendNow(client, message);
  const buffer = new Uint8Array(MESSAGE_BYTES);
  await waitUntil(lab, () => {
    while ((receiveNow(server, buffer) ?? 0) > 0);
    return unsentBytes(client) === 0;
  }, LIMIT_MS);
  const { dataSegsOut = 0, cwnd, advmss } = readTcpInfo(client);
  return {
    path,
    bytes: taken,
    segmentBytes: advmss,
    initialWindow,
    firstFlight,
    segments: dataSegsOut,
    roundTrips: Math.ceil(Math.log2(taken / firstFlight + 1)),
    window: cwnd,
  };
}
