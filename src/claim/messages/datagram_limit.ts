// Claim 15.

import { CannotTry, cannotTry, type ClaimDeclaration, firstMet, type Lab } from "../claim.ts";
import { request } from "../claim_figures.ts";

const TRANSPORTS = ["udp", "udp6", "unixpacket"];
/** The largest size that the workload tries. */
const MAX_BYTES = 4 * 1_024 * 1_024;
const SENT_BYTES = 1_000;
const BUFFER_BYTES = 100;

const cell = (transport: string) => request("datagram-limit", transport, {});

export const datagramsAreLimited: ClaimDeclaration = {
  id: "datagrams-are-limited",
  sentence: "A datagram's size is limited",
  source:
    "RFC 768; RFC 791, section 3.1 (total length); udp(7); Linux net/unix/af_unix.c, unix_dgram_sendmsg",
  method:
    "The largest size that is taken and arrives whole was found by bisection for each transport; then 1,000 B were received into a buffer of 100 B",
  rule: {
    "holds": "on every transport a size was refused, below the 4 MiB that are tried",
    "holds in part": "on some",
    "does not hold": "on none: the largest size that was tried arrived whole",
  },
  control:
    "the same over a channel that cuts each message into datagrams and joins them again: the sentence then does not hold",
  cases: TRANSPORTS.map(cell),
  experiment: receiveIntoTooLittle,
  decide({ figures, facts }) {
    const limits = TRANSPORTS.flatMap((transport) => {
      const limit = figures.figure(cell(transport), "largestMessageBytes");
      return limit === undefined ? [] : [{ transport, limit }];
    });
    if (limits.length === 0) return cannotTry(figures.skip(cell("udp")) ?? "nothing was measured");
    const bounded = limits.filter(({ limit }) => limit.value < MAX_BYTES);
    const words = limits.map(({ transport, limit }) => `${transport} ${limit.value} B`).join(", ");
    return {
      verdict: firstMet({
        holds: bounded.length === limits.length,
        "holds in part": bounded.length > 0,
      }, "does not hold"),
      answer: words,
      seen: [
        ...limits.map(({ transport, limit }) =>
          `${transport}: ${limit.value} B arrive whole (median of ${limit.n} trials, interval ${limit.low} to ${limit.high} B)${
            limit.value < MAX_BYTES
              ? `, ${limit.value + 1} B ` +
                "are refused at the sender with MessageTooLargeError (EMSGSIZE)"
              : ", and that was the most that was tried"
          }`
        ),
        ...(facts === undefined ? [] : [
          `Of ${facts.sentBytes} B received into ${facts.bufferBytes} B the call returned ${facts.receivedBytes} and no error; the next receive returned the next datagram${
            facts.nextIsWhole === true ? "" : ", not as sent"
          }: the rest was gone`,
        ]),
      ],
      why: [
        "Over IPv4 the packet's total length has 16 bits: 65,535 less 20 for IP's header and 8 for UDP's. Over IPv6 the length does not count the fixed header, and UDP's own length field, of 16 bits as well, sets the limit: 65,535 less 8. A Unix datagram may have as many bytes as the sender's send buffer less 32 (unix_dgram_sendmsg), so that its limit follows net.core.wmem_default",
      ],
    };
  },
  meaning:
    "`Deno.DatagramConn.receive()` cuts what its buffer does not hold, without a word: give it one byte more than the longest message, and treat a full buffer as an error",
  code: [
    "const [message] = await socket.receive(new Uint8Array(longest + 1));",
    'if (message.length > longest) throw new RangeError("the message is longer than agreed");',
  ].join("\n"),
};

async function receiveIntoTooLittle({ catalog, availability, directory, signal }: Lab) {
  const transport = ["udp", "unixpacket"].map((id) => catalog.transports.get(id)!)
    .find(({ name }) => availability.get(name)?.available);
  if (transport?.mode !== "datagram") throw new CannotTry("no datagram transport works here");
  const receiver = await transport.bind({ directory });
  const sender = await transport.bind({ directory, remote: receiver.endpoint });
  const closeBoth = () => {
    sender.close();
    receiver.close();
  };
  signal.addEventListener("abort", closeBoth);
  try {
    await sender.send(new Uint8Array(SENT_BYTES).fill(1));
    await sender.send(new Uint8Array(10).fill(2));
    const receivedBytes = await receiver.receive(new Uint8Array(BUFFER_BYTES));
    const next = new Uint8Array(SENT_BYTES);
    const nextBytes = await receiver.receive(next);
    return {
      transport: transport.name,
      sentBytes: SENT_BYTES,
      bufferBytes: BUFFER_BYTES,
      receivedBytes,
      nextIsWhole: nextBytes === 10 && next[0] === 2,
    };
  } finally {
    signal.removeEventListener("abort", closeBoth);
    closeBoth();
  }
}
