// The serving end: carries out a ServeOrder, whatever carrier brought it.

import type { Catalog } from "../catalog.ts";
import type { Clock } from "../clock.ts";
import type {
  Channel,
  DatagramChannel,
  Endpoint,
  ForeignMessages,
  StreamChannel,
  StreamListener,
} from "../transport/channel.ts";
import { abstractDirectory } from "../transport/socket_directory.ts";
import type { OpenOptions } from "../transport/transport.ts";
import type { ServeContext, ServeResult } from "../workload/workload.ts";
import type { Tally } from "../model/tally.ts";
import { readResidentBytes } from "../kernel/limits.ts";
import { FirstChannel } from "./first_channel.ts";
import { withPatience } from "./patience.ts";
import type { DrivenEnds, Served, ServeOrder, ServeReport } from "./peer_link.ts";

/** How long a datagram socket must have been silent before its trial counts as drained, in nanoseconds. */
const QUIET_NS = 3e6;
/** How long draining may take at most, in nanoseconds. */
const DRAIN_LIMIT_NS = 500e6;

/** Which of the driver's marks ends the measured interval. */
const END_MARK = 2;

/** Stands for a driver's first connection whose name is not known: whoever comes first is served. */
export const ANYONE = "";

/** A ServeHalf runs one serve half: made by an order, ended by `finish` or `abort`. */
export class ServeHalf {
  readonly #context: OpenServeContext;
  readonly #result: Promise<ServeResult | void>;

  private constructor(context: OpenServeContext, result: Promise<ServeResult | void>) {
    this.#context = context;
    this.#result = result;
    // Reported by finish(); without this a failure before that would end the process.
    result.catch(() => {});
  }

  get endpoint(): Endpoint {
    return this.#context.endpoint;
  }

  /** Opens the order's transport and starts its workload's serve half. Throws Error when the catalog lacks either. */
  static async start(order: ServeOrder, catalog: Catalog, clock: Clock): Promise<ServeHalf> {
    const transport = catalog.transports.get(order.transport);
    const workload = catalog.workloads.get(order.workload);
    if (transport === undefined || workload === undefined) {
      throw new Error(
        `the peer does not know ${transport ? "workload" : "transport"} ` +
          `"${transport ? order.workload : order.transport}"; does it load the same modules?`,
      );
    }
    const { sharedPort } = order;
    if (sharedPort !== undefined && !(transport.mode === "stream" && transport.sharesPort)) {
      throw new Error(`a listener of ${order.transport} shares no port`);
    }
    const options = { ...openOptions(order), ...(sharedPort !== undefined && { sharedPort }) };
    const open = transport.mode === "stream"
      ? await transport.listen(options)
      : await transport.bind({ ...options, clients: workload.sockets?.(order.params) ?? 1 });
    const context = new OpenServeContext(order, clock, open);
    return new ServeHalf(context, workload.serve(context));
  }

  /** Whether the receiver has measured for as long as it should. */
  get hasMeasured(): boolean {
    return this.#context.hasMeasured;
  }

  /** Names the driver's first connection, as this end sees it; {@linkcode ANYONE} where that is not known. */
  admit(client: string): void {
    this.#context.client.resolve(client);
  }

  /** Resolves when so many connections were served and closed, with when that was; rejects with what the serve half failed of meanwhile. */
  async settle(connections: number): Promise<number | null> {
    await Promise.race([
      this.#context.settle(connections),
      // A half that has ended will close no further ones.
      this.#result.then(() => {}),
    ]);
    return this.#context.servedNs;
  }

  get served(): Served {
    return { connections: this.#context.servedCount, atNs: this.#context.servedNs };
  }

  mark(): void {
    this.#context.marks++;
    if (this.#context.marks === END_MARK) this.#context.first.readAgain();
  }

  /** Lets datagrams drain, ends the serve half and reports. Rejects with what the serve half failed of. */
  async finish({ senders, opened }: DrivenEnds = {}): Promise<ServeReport> {
    await this.#context.end();
    const foreign = this.#context.foreign(senders);
    const accepted = this.#context.accepted;
    const foreignConnections = foreignOf(accepted, opened);
    // What the half made of strangers, or failed of, is nothing to report.
    const isDisturbed = foreign !== undefined || foreignConnections > 0;
    const result = isDisturbed ? undefined : await this.#result;
    return {
      tally: this.#context.tally,
      ...(result?.window !== undefined && { window: result.window }),
      ...(result?.values !== undefined && { values: result.values }),
      settings: this.#context.first.settings,
      ...(foreign !== undefined && { foreign }),
      ...(foreignConnections > 0 && { foreignConnections }),
      ...(accepted > 0 && { accepted }),
    };
  }

  /** Closes everything at once and waits for the serve half to notice; one that hangs on something else is left behind. */
  async abort(): Promise<void> {
    this.#context.closeAll();
    await withPatience(this.#result.catch(() => {}), undefined);
  }
}

/** The channel options that an order's parameters ask for. */
export function openOptions(
  { params, directory }: Pick<ServeOrder, "params" | "directory">,
): OpenOptions {
  const { nagle, wait, sendBuffer, receiveBuffer, congestion, backlog, address } = params;
  return {
    directory: address === "abstract" ? abstractDirectory() : directory,
    ...((nagle === "on" || nagle === "off") && { nagle }),
    ...((wait === "block" || wait === "spin") && { wait }),
    ...(typeof sendBuffer === "number" && { sendBuffer }),
    ...(typeof receiveBuffer === "number" && { receiveBuffer }),
    ...(typeof congestion === "string" && { congestion }),
    ...(typeof backlog === "number" && { backlog }),
  };
}

/** Connections that were served and that the driver did not open. */
export function foreignOf(accepted: number, opened = Infinity): number {
  return Math.max(0, accepted - opened);
}

class OpenServeContext implements ServeContext {
  readonly params: ServeContext["params"];
  readonly budget: ServeContext["budget"];
  readonly tally: Tally = {};
  readonly first = new FirstChannel();
  readonly #open: StreamListener | DatagramChannel;
  readonly #accepted: Channel[] = [];
  /** Accepted, and not served yet. */
  readonly #held: StreamChannel[] = [];
  readonly client = Promise.withResolvers<string>();
  #admission: Promise<void> | undefined;
  readonly #awaited: { readonly connections: number; readonly resolve: () => void }[] = [];
  servedCount = 0;
  /** When the last connection was served and closed, by the clock that both ends share. */
  servedNs: number | null = null;
  marks = 0;
  finishing = false;
  hasMeasured = false;

  constructor(order: ServeOrder, readonly clock: Clock, open: StreamListener | DatagramChannel) {
    this.params = order.params;
    this.budget = order.budget;
    this.#open = open;
  }

  get endpoint(): Endpoint {
    return this.#open.endpoint;
  }

  async accept(): Promise<Channel | null> {
    if (!("accept" in this.#open)) {
      this.first.take(this.#open);
      return this.#open;
    }
    if (this.finishing) return null;
    try {
      await (this.#admission ??= this.#awaitFirst(this.#open));
      const channel = this.#held.shift() ?? await this.#open.accept();
      this.first.take(channel);
      this.#accepted.push(channel);
      return channel;
    } catch (error) {
      if (this.finishing) return null;
      throw error;
    }
  }

  /** Accepts until the driver's first connection is there: a stranger before it would be taken for the client. */
  async #awaitFirst(listener: StreamListener): Promise<void> {
    for (;;) {
      const channel = await listener.accept();
      const name = channel.ends?.()?.remote;
      if (name === undefined || await this.client.promise === name) {
        this.#held.unshift(channel);
        return;
      }
      this.#held.push(channel);
      if (await this.client.promise === ANYONE) return;
    }
  }

  residentBytes(): number | undefined {
    return readResidentBytes();
  }

  served(): void {
    this.servedCount++;
    this.servedNs = this.clock.sharedNs?.() ?? null;
    while (this.#awaited[0] !== undefined && this.#awaited[0].connections <= this.servedCount) {
      this.#awaited.shift()!.resolve();
    }
  }

  measured(): void {
    this.hasMeasured = true;
  }

  settle(connections: number): Promise<void> {
    if (this.servedCount >= connections) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    // One at a time is asked for, each for more than the one before.
    this.#awaited.push({ connections, resolve });
    return promise;
  }

  async end(): Promise<void> {
    if (!("accept" in this.#open)) await this.#drain();
    this.#stop();
  }

  /** Where nobody told who may send here, nobody is a stranger. */
  foreign(senders: readonly Endpoint[] | undefined): ForeignMessages | undefined {
    return "accept" in this.#open || senders === undefined
      ? undefined
      : this.#open.foreign?.(senders);
  }

  /** Connections that were taken to be served; of datagrams none. */
  get accepted(): number {
    return this.#accepted.length;
  }

  #stop(): void {
    this.finishing = true;
    this.client.resolve(ANYONE);
    this.#open.close();
    for (const channel of this.#held.splice(0)) channel.close();
  }

  closeAll(): void {
    this.#stop();
    for (const channel of this.#accepted) channel.close();
  }

  // What was not lost is in the socket's queue already (loopback delivers within the send call), so a short silence is the end.
  async #drain(): Promise<void> {
    const startNs = this.clock.nowNs();
    let seen: number | undefined;
    do {
      seen = this.tally.receivedMessages;
      await this.clock.sleepUntilNs(this.clock.nowNs() + QUIET_NS);
    } while (
      seen !== this.tally.receivedMessages && this.clock.nowNs() - startNs < DRAIN_LIMIT_NS
    );
  }
}
