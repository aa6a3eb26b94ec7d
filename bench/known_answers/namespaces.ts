/**
 * Two network namespaces with links of known rate between them: a private network on one machine, gone when it is disposed of. Only SIGKILL
 * leaves them behind: `ip netns list` shows them as sockbench-…, `ip netns delete` removes them and all that is in them.
 *
 * @module
 */

import { LINKS, MTU_BYTES } from "./shaped_module.ts";

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

/** Why there can be no such network here, in one sentence that says what would change it; `undefined` when it can be tried. */
export async function namespacesObstacle(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return `network namespaces need Linux, this is ${Deno.build.os}`;
  for (const tool of ["ip", "tc"]) {
    try {
      await run(tool, ["-Version"]);
    } catch {
      return `there is no ${tool}: \`apt-get install iproute2\` brings it`;
    }
  }
  if (Deno.uid() !== 0) return "network namespaces need root: run the task with sudo";
  try {
    // Root of a container may not be allowed to, and a kernel may lack veth or tbf: only a try tells.
    await using _tried = await Namespaces.open();
    return undefined;
  } catch (error) {
    return `the kernel refuses, ${(error as Error).message}`;
  }
}

/** Two namespaces, the driver's and the peer's. */
export class Namespaces implements AsyncDisposable {
  /** Name of the driver's namespace. */
  readonly driver: string;
  /** Name of the peer's namespace. */
  readonly peer: string;

  private constructor(unique: string) {
    this.driver = `sockbench-${unique}-driver`;
    this.peer = `sockbench-${unique}-peer`;
  }

  /**
   * Makes the namespaces and their links.
   *
   * @throws {Error} with what `ip` or `tc` said, when the kernel refuses; nothing is left behind then.
   */
  static async open(): Promise<Namespaces> {
    const network = new Namespaces(crypto.randomUUID().slice(0, 8));
    try {
      await network.#make();
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #make(): Promise<void> {
    for (const name of [this.driver, this.peer]) {
      await run("ip", ["netns", "add", name]);
      await run("ip", ["-n", name, "link", "set", "dev", "lo", "up"]);
      // The machine may prefer BBR, which paces by its own estimate of the rate: what is tried here is the link.
      await this.#setSysctl(name, "tcp_congestion_control", "reno");
      await this.#setSysctl(name, "tcp_wmem", `4096 65536 ${SEND_BUFFER_BYTES}`);
    }
    for (const [index, link] of LINKS.entries()) {
      const [here, there] = [`driver${index}`, `peer${index}`];
      const peerEnd = ["peer", "name", there, "netns", this.peer];
      await run("ip", ["-n", this.driver, "link", "add", "name", here, "type", "veth", ...peerEnd]);
      for (
        const [name, device, address] of [
          [this.driver, here, link.driver],
          [this.peer, there, link.peer],
        ] as const
      ) {
        await run("ip", ["-n", name, "address", "add", `${address}/24`, "dev", device]);
        // One frame a packet: the queue would count a batch of segments (GSO) rightly, but pass it as one burst.
        const link = ["mtu", String(MTU_BYTES), "gso_max_segs", "1", "up"];
        await run("ip", ["-n", name, "link", "set", "dev", device, ...link]);
      }
      const shape = ["rate", `${link.mbit}mbit`, "burst", `${link.burstKib}kb`];
      const queue = ["root", "tbf", ...shape, "limit", String(QUEUE_BYTES)];
      await run("tc", ["-n", this.driver, "qdisc", "add", "dev", here, ...queue]);
    }
  }

  /** Whether TCP puts timestamps into every segment, as read back. */
  async hasTimestamps(): Promise<boolean> {
    const path = "/proc/sys/net/ipv4/tcp_timestamps";
    return (await run("ip", ["netns", "exec", this.driver, "cat", path])).trim() !== "0";
  }

  /** What the queue of a link has counted so far. */
  async count(link: number): Promise<QueueCount> {
    const shown = ["-n", this.driver, "-s", "-j", "qdisc", "show", "dev", `driver${link}`];
    const [{ bytes, packets, drops }] = JSON.parse(await run("tc", shown));
    return { bytes, packets, drops };
  }

  /** Removes both, with all that is in them. Safe to call twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of [this.driver, this.peer]) {
      await run("ip", ["netns", "delete", name]).catch(() => {});
    }
  }

  async #setSysctl(namespace: string, name: string, value: string): Promise<void> {
    const shell = `echo "${value}" > /proc/sys/net/ipv4/${name}`;
    await run("ip", ["netns", "exec", namespace, "sh", "-c", shell]);
  }
}

/** Runs a command and returns what it printed. */
async function run(command: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args] }).output();
  if (success) return new TextDecoder().decode(stdout);
  const said = new TextDecoder().decode(stderr).trim().replace(/\s+/g, " ");
  throw new Error(`${command} ${args.join(" ")}: ${said}`);
}
