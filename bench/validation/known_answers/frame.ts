/**
 * What of a frame is payload: how many bytes a second a link of known rate carries for its user.
 *
 * @module
 */

/** Ethernet header without the checksum, which no Linux queue counts: two addresses and a type. */
const ETHERNET_BYTES = 14;
/** IPv4 header without options (RFC 791). */
const IPV4_BYTES = 20;
/** UDP header (RFC 768). */
const UDP_BYTES = 8;
/** TCP header without options (RFC 9293). */
const TCP_BYTES = 20;
/** TCP timestamps, padded to a multiple of four (RFC 7323, appendix A): in every segment where both ends have them on. */
const TIMESTAMPS_BYTES = 12;

/** A full frame. */
export interface Frame {
  /** Bytes that the workload handed over. */
  readonly payloadBytes: number;
  /** Bytes that the queue counts. */
  readonly frameBytes: number;
}

/** The largest TCP segment over an MTU. */
export function tcpFrame(mtuBytes: number, timestamps: boolean): Frame {
  const headers = IPV4_BYTES + TCP_BYTES + (timestamps ? TIMESTAMPS_BYTES : 0);
  return { payloadBytes: mtuBytes - headers, frameBytes: mtuBytes + ETHERNET_BYTES };
}

/** The largest UDP datagram over an MTU that is not fragmented. */
export function udpFrame(mtuBytes: number): Frame {
  const headers = IPV4_BYTES + UDP_BYTES;
  return { payloadBytes: mtuBytes - headers, frameBytes: mtuBytes + ETHERNET_BYTES };
}

/** Payload bytes a second on a link that passes `bitsPerSecond` in full frames. */
export function goodput(bitsPerSecond: number, { payloadBytes, frameBytes }: Frame): number {
  return bitsPerSecond / 8 * payloadBytes / frameBytes;
}
