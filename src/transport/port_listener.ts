// How two threads of a process meet that have no address for each other: over a port that travels with the listener's endpoint.

import type { Endpoint, StreamChannel } from "./channel.ts";
import { MailboxListener } from "./mailbox.ts";

type PortEndpoint = Endpoint & { readonly kind: "memory"; readonly port: MessagePort };

/** A listener that is sent what each of its connections consists of. */
export class PortListener extends MailboxListener {
  readonly endpoint: PortEndpoint;
  readonly #own: MessagePort;
  readonly #closed = new Int32Array(new SharedArrayBuffer(4));

  /** `open`: makes a channel of what a client sent. */
  constructor(name: string, open: (sent: unknown) => StreamChannel) {
    super();
    const { port1, port2 } = new MessageChannel();
    this.#own = port1;
    this.endpoint = { kind: "memory", name, port: port2, closed: this.#closed };
    port1.onmessage = ({ data }) => this.accepted.put(open(data));
  }

  protected release(): void {
    Atomics.store(this.#closed, 0, 1);
    this.#own.close();
    // Where it has gone to another thread, this has no effect, and that one closes it.
    this.endpoint.port.close();
  }
}

/** Ports of listeners in other threads, which are this thread's to close, and whether these are closed. */
const met = new Map<MessagePort, Int32Array<SharedArrayBuffer>>();

/** Closes the ports of listeners that are closed. */
export function closePorts(): void {
  for (const [port, closed] of met) {
    if (Atomics.load(closed, 0) === 0) continue;
    port.close();
    met.delete(port);
  }
}

/** Sends a listener what a connection consists of. Throws Error where it is closed, or in another process. */
export function sendToListener(
  name: string,
  endpoint: Endpoint,
  sent: unknown,
  transfer: readonly Transferable[] = [],
): void {
  if (endpoint.kind !== "memory" || endpoint.name !== name) {
    throw new TypeError(`Cannot connect ${name} to a ${endpoint.kind} endpoint`);
  }
  const { port, closed } = endpoint;
  if (!(port instanceof MessagePort) || closed === undefined) {
    throw new Error(`Cannot connect ${name}: its listener is in another process`);
  }
  closePorts();
  met.set(port, closed);
  if (Atomics.load(closed, 0) !== 0) {
    throw new Error(`Cannot connect ${name}: its listener is closed`);
  }
  met.set(port, closed);
  port.postMessage(sent, [...transfer]);
}
