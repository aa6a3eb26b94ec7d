// Who sent to a datagram socket of this driver, and how many messages each, by the bytes of their addresses.

import { decodeAddress } from "../../kernel/socket_address.ts";
import type { Endpoint, ForeignMessages } from "../channel.ts";
import { foreignOf } from "../foreign_messages.ts";

interface Sender {
  readonly address: Uint8Array;
  messages: number;
  /** Another one with the same hash. */
  next: Sender | undefined;
}

/** The senders of one socket. Made for loops: nothing is allocated for a sender that is known. */
export class LibcSenders {
  readonly #byHash = new Map<number, Sender>();
  #last: Sender | undefined;

  /** Counts a message by the sender that `recvfrom` wrote. */
  count(bytes: Uint8Array, length: number): void {
    let sender = this.#last;
    if (sender === undefined || !isSame(sender.address, bytes, length)) {
      this.#last = sender = this.#senderOf(bytes, length);
    }
    sender.messages++;
  }

  foreign(own: readonly Endpoint[]): ForeignMessages | undefined {
    return foreignOf(this.#all(), own);
  }

  *#all(): Generator<{ endpoint: Endpoint; messages: number }> {
    for (const first of this.#byHash.values()) {
      for (let sender: Sender | undefined = first; sender !== undefined; sender = sender.next) {
        const { address, messages } = sender;
        const endpoint = decodeAddress(address, address.length) ?? { kind: "unix", path: "" };
        yield { endpoint, messages };
      }
    }
  }

  #senderOf(bytes: Uint8Array, length: number): Sender {
    const hash = hashOf(bytes, length);
    const first = this.#byHash.get(hash);
    for (let known = first; known !== undefined; known = known.next) {
      if (isSame(known.address, bytes, length)) return known;
    }
    const sender = { address: bytes.slice(0, length), messages: 0, next: first };
    this.#byHash.set(hash, sender);
    return sender;
  }
}

function isSame(address: Uint8Array, bytes: Uint8Array, length: number): boolean {
  if (address.length !== length) return false;
  for (let i = 0; i < length; i++) if (address[i] !== bytes[i]) return false;
  return true;
}

/** FNV-1a, in 32 bits. */
function hashOf(bytes: Uint8Array, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}
