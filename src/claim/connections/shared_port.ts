// Claim 28: one number for TCP and UDP.

import { type ClaimDeclaration, type ClaimFacts, firstMet, type Lab } from "../claim.ts";
import { RawSockets, receiveNow, sendNow, waitUntil } from "../sockets.ts";

const EXCHANGES = 10;
const LIMIT_MS = 1_000;

export const protocolsShareNumbers: ClaimDeclaration = {
  id: "protocols-share-numbers",
  sentence: "TCP and UDP may use the same port number without disturbing each other",
  source: "RFC 9293, section 3.1; RFC 768; RFC 6335, section 6; ip(7)",
  method:
    `A UDP socket was bound to the port of a TCP listener; ${EXCHANGES} exchanges were made over each in turn, with different bytes, and what arrived was compared. Then a second TCP listener and a second UDP socket were tried on that port`,
  rule: {
    "holds": "every exchange over each protocol came back as sent",
    "does not hold": "bytes of one reached the other, or one of them got nothing",
    "undecided": "some exchange did not come back, and nothing was mixed up",
  },
  control:
    "the same with two UDP sockets on one port (SO_REUSEADDR): one then gets what was meant for the other, and the sentence does not hold",
  experiment: (lab) => sharePort(lab),
  decide({ facts }) {
    const { port, exchanges, tcp, udp, crossed, again } = facts as Shared;
    const isSo = tcp === exchanges && udp === exchanges && crossed === 0;
    return {
      verdict: firstMet(
        { holds: isSo, undecided: tcp > 0 && udp > 0 && crossed === 0 },
        "does not hold",
      ),
      answer: `on one number ${tcp} exchanges over TCP, ${udp} over UDP, ${crossed} mixed up`,
      seen: [
        `Both were bound to port ${port}; ${tcp} of ${exchanges} exchanges over TCP and ${udp} of ${exchanges} over UDP came back as sent, ${crossed} with the other's bytes`,
        `A second TCP listener on that port: ${again.tcp}; a second UDP socket: ${again.udp}`,
      ],
      why: [
        "A port is a number within a protocol: the kernel looks at the IP header's protocol field first and then into that protocol's own table. DNS answers on 53 over both, HTTP/3 on 443 beside HTTP/2",
      ],
    };
  },
  meaning:
    "One number may be announced for both. A firewall, and a container's published port, count them apart: opening 443 for TCP opens nothing for QUIC",
  code: [
    "const listener = Deno.listen({ port: 0 });",
    "const { port } = listener.addr;",
    'const socket = Deno.listenDatagram({ transport: "udp", port }); // the same number',
  ].join("\n"),
};

/** `exchanges`: over each. */
type Shared = {
  port: number;
  exchanges: number;
  tcp: number;
  udp: number;
  crossed: number;
  again: { readonly tcp: string; readonly udp: string };
};

export async function sharePort(lab: Lab, first: "tcp" | "udp" = "tcp"): Promise<ClaimFacts> {
  using sockets = new RawSockets(lab);
  const one = await openAt(first, 0, first === "udp", sockets, lab);
  const other = await openAt("udp", one.port, first === "udp", sockets, lab);
  const counts = { tcp: 0, udp: 0, crossed: 0 };
  const buffer = new Uint8Array(8);
  for (let k = 0; k < 2 * EXCHANGES; k++) {
    const [kind, { from, to }, against] = k % 2 === 0
      ? ["tcp", one, other] as const
      : ["udp", other, one] as const;
    const message = new Uint8Array([k, kind.charCodeAt(0)]);
    sendNow(from, message);
    let received: number | undefined;
    let crossed: number | undefined;
    await waitUntil(lab, () => {
      received = receiveNow(to, buffer);
      if (received === undefined) crossed = receiveNow(against.to, buffer);
      return received !== undefined || crossed !== undefined;
    }, LIMIT_MS);
    if (received === 2 && buffer[0] === k && buffer[1] === message[1]) counts[kind]++;
    else if (received !== undefined || crossed !== undefined) counts.crossed++;
  }
  const tryAgain = (kind: "tcp" | "udp") => {
    const error = sockets.tryBind(kind, one.port);
    return error === null ? "bound as well" : `refused with ${error}`;
  };
  const again = { tcp: tryAgain("tcp"), udp: tryAgain("udp") };
  return { port: one.port, exchanges: EXCHANGES, ...counts, again };
}

/** A socket at a port of loopback, and what sends to it. */
async function openAt(
  kind: "tcp" | "udp",
  wanted: number,
  isShared: boolean,
  sockets: RawSockets,
  lab: Lab,
): Promise<{ readonly from: number; readonly to: number; readonly port: number }> {
  if (kind === "udp") {
    const to = sockets.bind("udp", wanted, undefined, isShared);
    return { from: sockets.sender("udp", sockets.addressOf(to)), to, port: sockets.portOf(to) };
  }
  const listener = sockets.listen("tcp", 1);
  const [from, to] = await sockets.connectTo(listener, lab);
  return { from, to, port: listener.port };
}
