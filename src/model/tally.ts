// Tallies: what the two ends of a trial count.

/** What the two ends counted within the measured interval, or over the whole trial where stated. */
export interface Tally {
  /** Messages handed to the transport over the whole trial (datagram work), else absent. */
  sentMessages?: number;
  /** Messages that arrived over the whole trial, further copies of one message included. */
  receivedMessages?: number;
  /** Messages sent of which no copy arrived, where both ends counted. */
  lostMessages?: number;
  /** Messages that arrived after one with a higher sequence number (RFC 4737, section 3.3); further copies of one do not count. */
  reorderedMessages?: number;
  /** Further copies of messages that had arrived already; absent where messages carry no sequence number. */
  duplicatedMessages?: number;
  /** Bytes written within the measured interval. */
  sentBytes?: number;
  /** Bytes read within the measured interval by the driving end. */
  receivedBytes?: number;
  /** Read calls that returned bytes, within the measured interval. */
  reads?: number;
  /** Write calls within the measured interval. */
  writes?: number;
  /** Failed operations by kind, as in `{ ConnectionReset: 2 }`: a trial that has any has failed. */
  errors?: Record<string, number>;
}

/** What the receiving end saw from its first read after the warm-up to its last: throughput is counted where bytes arrive. */
export interface ReceiverWindow {
  /** Bytes read, without those of the read that opened the window. */
  readonly bytes: number;
  /** Datagrams received; absent on streams. */
  readonly messages?: number;
  /** Reads or receives in the window. */
  readonly reads: number;
  /** From the completion of the opening read to the end of the stream, or to that of the last receive, in nanoseconds. */
  readonly elapsedNs: number;
}
