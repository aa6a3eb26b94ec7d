// Claim 36: WebSocket messages of two segments.

import { readCounters } from "../../kernel/counters.ts";
import { setOption } from "../../kernel/options.ts";
import { CannotTry, defineClaim, firstMet, type Lab } from "../claim.ts";
import { usableStreams } from "../channels.ts";
import { watch, type Wire } from "../families/wire.ts";

const SMALL = 1_024;
const LARGE = 16_384;
/** The shortest time for which Linux delays an acknowledgement (TCP_DELACK_MIN), less a tick of 4 ms by which a timer may be early. */
const DELAY_MS = 36;
const DELAYED = "TcpExt.DelayedACKs";

/** Exchanges of one size with one setting of Nagle. */
interface Exchanged extends Wire {
  readonly nagle: "as Deno has it" | "off at both ends";
  /** Delayed acknowledgements that the kernel counted, of warm-up exchanges as well. */
  readonly delayed: number | null;
}

export const webSocketWaits = defineClaim<{ arms: readonly Exchanged[] }>({
  id: "websocket-waits-for-acknowledgement",
  sentence: "A WebSocket message of 16 KiB waits for a delayed acknowledgement",
  source:
    "RFC 6455, section 5.2; RFC 896; RFC 1122, section 4.2.3.2; Linux net/ipv4/tcp_output.c, tcp_nagle_test; include/net/tcp.h, TCP_DELACK_MIN",
  method:
    `Messages of ${SMALL} and ${LARGE} B went to and fro between Deno's server and its WebSocket client over loopback while TCP_INFO of both ends was read; once with the sockets as Deno has them, and once with Nagle's algorithm turned off at both of them through FFI`,
  rule: {
    "holds":
      `the median exchange of ${LARGE} B took at least ${DELAY_MS} ms, and less with Nagle off at both ends; and one of ${SMALL} B took less`,
    "does not hold": `that of ${LARGE} B took less than ${DELAY_MS} ms`,
    "undecided": "it took as long with Nagle off, or with the small message",
  },
  control: "the same with Nagle off at both ends throughout: the sentence then does not hold",
  experiment: (lab) => exchangeMessages(lab),
  decide({ facts }) {
    const { arms } = facts!;
    const [small, asDeno, , off] = arms;
    const isSlow = asDeno!.exchangeMs >= DELAY_MS;
    const isNagle = off!.exchangeMs < DELAY_MS && small!.exchangeMs < DELAY_MS;
    const onOff = (isOn: boolean) => isOn ? "on" : "off";
    return {
      verdict: firstMet({ "does not hold": !isSlow, holds: isNagle }, "undecided"),
      answer: `exchange of ${asDeno!.messageBytes} B ${asDeno!.exchangeMs.toFixed(1)} ms; ` +
        `Nagle off ${off!.exchangeMs.toFixed(2)} ms`,
      seen: arms.map((arm) =>
        `${arm.messageBytes} B, Nagle ${arm.nagle} (client ${onOff(arm.client.nagle)}, server ${
          onOff(arm.server.nagle)
        }): an exchange took ${arm.exchangeMs.toFixed(2)} ms; the client sent ${
          arm.client.segments.toFixed(1)
        } and the server ${arm.server.segments.toFixed(1)} segments for each message${
          arm.delayed === null ? "" : `, and ${arm.delayed} acknowledgements were delayed`
        }`
      ),
      why: [
        "A client puts a header of 6 to 14 B, mask included, before each message (RFC 6455, section 5.2). A small message leaves Deno's client with its header in one write; of a larger one header and payload are two, as the segments for each message show",
        "Where Nagle's algorithm is on at that end, the second segment, being smaller than a full one, waits until the first is acknowledged (tcp_nagle_test); and the other end's kernel delays that acknowledgement by 40 ms or more, as its program has no whole message yet and so nothing to send that could carry it. Deno's server has turned Nagle off, and its answers do not wait",
        "Loopback's segments carry up to 64 KiB. Where the message is larger than a segment the acknowledgement comes at once, as soon as more than one full segment has arrived: the trap is for messages in between. On Ethernet a segment carries 1,448 B, so that there it is for messages from about 1 KiB to that size (over a veth link 1,200 and 1,400 B took 44 ms, 1,448 B and more did not)",
      ],
    };
  },
  meaning:
    "Deno's WebSocket hands out no socket, so that a program cannot turn Nagle off, and cutting a message into smaller ones does not help: they queue behind the first. A client that sends more than a KiB at a time and waits for answers can take npm:ws, which sets TCP_NODELAY itself",
  code: [
    'import { WebSocket } from "npm:ws"; // over node:net, with setNoDelay',
    "const socket = new WebSocket(url);",
  ].join("\n"),
});

/** Exchanges messages, with the sockets as Deno has them and with Nagle off. */
export async function exchangeMessages(
  lab: Lab,
  settings: readonly Exchanged["nagle"][] = ["as Deno has it", "off at both ends"],
): Promise<{ arms: readonly Exchanged[] }> {
  if (!lab.kernel.available) throw new CannotTry(lab.kernel.reason);
  const [[, websocket]] = usableStreams(["websocket"], lab);
  const turnOff = (fds: readonly number[]) => {
    for (const fd of fds) setOption(fd, "TCP_NODELAY", 1);
  };
  const arms: Exchanged[] = [];
  for (const nagle of settings) {
    for (const bytes of [SMALL, LARGE]) {
      const countDelayed = () => readCounters()[DELAYED];
      const before = countDelayed();
      const prepare = nagle === "off at both ends" ? turnOff : undefined;
      const wire = await watch(lab, websocket, bytes, prepare);
      const after = countDelayed();
      const delayed = before === undefined || after === undefined ? null : after - before;
      arms.push({ ...wire, nagle, delayed });
    }
  }
  return { arms };
}
