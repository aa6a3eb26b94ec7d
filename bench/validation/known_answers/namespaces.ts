/**
 * Two network namespaces with links of known rate between them: the shell lines that make them in a namespace of their own, which is gone
 * with the process that drives the trials, whatever ends it.
 *
 * @module
 */

import {
  findNamespaces,
  NAMED_NAMESPACES,
  runCommand,
  runIsolated,
} from "../../../src/kernel/namespace.ts";
import { LINKS, MTU_BYTES } from "./shaped_module.ts";

/** The name of the peer's namespace; the driver's is the one it is started in. */
export const PEER = "sockbench-peer";

/** Bytes that may wait in a shaped queue: more than the senders' buffers hold, so that nothing is dropped and no TCP has to send again. */
const QUEUE_BYTES = 16 * 2 ** 20;
/** Largest send buffer of a TCP connection: it bounds what waits in the queue, and so how long the end of a trial takes to arrive. */
const SEND_BUFFER_BYTES = 256 * 1_024;

/** What a queue has counted so far. */
export interface QueueCount {
  /** Bytes that left it, Ethernet headers included. */
  readonly bytes: number;
  /** Frames that left it. */
  readonly packets: number;
  /** Frames it dropped. */
  readonly drops: number;
}

/** Settings of one namespace. The machine may prefer BBR, which paces by its own estimate of the rate: what is tried here is the link. */
const SETTINGS = [
  "echo reno > /proc/sys/net/ipv4/tcp_congestion_control",
  `echo "4096 65536 ${SEND_BUFFER_BYTES}" > /proc/sys/net/ipv4/tcp_wmem`,
].join("; ");

/** Shell lines that make the peer's namespace and the links to it. */
export const NETWORK: string = [
  NAMED_NAMESPACES,
  `ip netns add ${PEER}`,
  "ip link set dev lo up",
  `ip -n ${PEER} link set dev lo up`,
  SETTINGS,
  `ip netns exec ${PEER} sh -c '${SETTINGS}'`,
  ...LINKS.flatMap(({ driver, peer, mbit, burstKib }, index) => {
    const [here, there] = [`driver${index}`, `peer${index}`];
    // One frame a packet: the queue would count a batch of segments (GSO) rightly, but pass it as one burst.
    const link = `mtu ${MTU_BYTES} gso_max_segs 1 up`;
    const shape = `rate ${mbit}mbit burst ${burstKib}kb limit ${QUEUE_BYTES}`;
    return [
      `ip link add name ${here} type veth peer name ${there} netns ${PEER}`,
      `ip address add ${driver}/24 dev ${here}`,
      `ip link set dev ${here} ${link}`,
      `ip -n ${PEER} address add ${peer}/24 dev ${there}`,
      `ip -n ${PEER} link set dev ${there} ${link}`,
      `tc qdisc add dev ${here} root tbf ${shape}`,
    ];
  }),
].join("\n");

/** Why there can be no such network here, in one sentence that says what would change it; `undefined` when it can be tried. */
export async function namespacesObstacle(): Promise<string | undefined> {
  const access = await findNamespaces();
  if (!access.available) return access.reason;
  for (const tool of ["ip", "tc"]) {
    try {
      await runCommand(tool, ["-Version"]);
    } catch {
      return `there is no ${tool}: \`apt-get install iproute2\` brings it`;
    }
  }
  try {
    // A kernel may lack veth or tbf: only a try tells.
    await runIsolated({ flags: access.flags, setup: NETWORK, command: ["true"] });
    return undefined;
  } catch (error) {
    return `the kernel refuses, ${(error as Error).message}`;
  }
}

/** What the queue of a link has counted so far, asked in the driver's namespace. */
export async function countQueue(link: number): Promise<QueueCount> {
  const shown = ["-s", "-j", "qdisc", "show", "dev", `driver${link}`];
  const [{ bytes, packets, drops }] = JSON.parse(await runCommand("tc", shown));
  return { bytes, packets, drops };
}
