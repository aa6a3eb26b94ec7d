// What the kernel knows of a TCP connection: TCP_INFO of tcp(7), struct tcp_info of include/uapi/linux/tcp.h.
//
// The structure only ever grows at its end: a field beyond the length that a kernel returns is undefined.

import { requireLibc } from "./libc.ts";

/** States of RFC 9293 by the numbers of Linux (tcp_states.h), from 1. */
export const STATES = [
  "ESTABLISHED",
  "SYN-SENT",
  "SYN-RECEIVED",
  "FIN-WAIT-1",
  "FIN-WAIT-2",
  "TIME-WAIT",
  "CLOSED",
  "CLOSE-WAIT",
  "LAST-ACK",
  "LISTEN",
  "CLOSING",
  "SYN-RECEIVED",
] as const;

/** States of the loss recovery (enum tcp_ca_state), from 0. */
export const RECOVERY_STATES = ["open", "disorder", "cwr", "recovery", "loss"] as const;

/** TCP_INFO, decoded. Counts are of the whole connection, from this end. */
export interface TcpInfo {
  /** State of the connection, as RFC 9293 names it. */
  readonly state: typeof STATES[number] | `state ${number}`;
  /** State of its loss recovery; `open`: no loss in sight. */
  readonly caState: typeof RECOVERY_STATES[number] | `state ${number}`;
  /** What both ends agreed on at the start. */
  readonly options: {
    readonly timestamps: boolean;
    readonly sack: boolean;
    readonly windowScaling: boolean;
    readonly ecn: boolean;
  };
  /** Shift of the windows that this end is sent, and that it sends. */
  readonly sendWindowShift: number;
  /** See {@linkcode TcpInfo.sendWindowShift}. */
  readonly receiveWindowShift: number;
  /** Times that the segment at the head of the queue has timed out in a row. */
  readonly retransmits: number;
  /** Retransmission timeout now. */
  readonly rtoNs: number;
  /** Delayed-ACK timeout now. */
  readonly atoNs: number;
  /** Largest segment to send, in bytes of data: options of the header are taken off. */
  readonly sndMss: number;
  /** Estimate of the other end's segment size, from what arrived. */
  readonly rcvMss: number;
  /** Segments sent and not acknowledged. Of a listener: connections that wait to be accepted. */
  readonly unacked: number;
  /** Segments that arrived out of order at the other end. Of a listener: its backlog. */
  readonly sacked: number;
  /** Segments thought lost. */
  readonly lost: number;
  /** Retransmitted segments on their way. */
  readonly retransmitted: number;
  /** Time since data was sent last (steps of 1 ms). */
  readonly lastDataSentNs: number;
  /** Time since data arrived last (steps of 1 ms). */
  readonly lastDataReceivedNs: number;
  /** Time since an acknowledgement arrived last (steps of 1 ms). */
  readonly lastAckReceivedNs: number;
  /** Largest packet of the path, in bytes. */
  readonly pmtu: number;
  /** Smoothed round-trip time; steps of 1 µs. */
  readonly rttNs: number;
  /** Its mean deviation. */
  readonly rttVarNs: number;
  /** Round-trip time as a receiver estimates it; 0 before there is one. */
  readonly receiverRttNs: number;
  /** Slow-start threshold in segments; undefined while it was never set. */
  readonly ssthresh: number | undefined;
  /** Congestion window in segments. */
  readonly cwnd: number;
  /** Largest segment that this end told the other it takes, in bytes. */
  readonly advmss: number;
  /** Segments by which packets may overtake each other before one is thought lost. */
  readonly reordering: number;
  /** Receive buffer that autotuning aims at, in bytes. */
  readonly receiveSpaceBytes: number;
  /** Retransmitted segments. */
  readonly totalRetransmits: number;
  /** Rate that segments are paced at, in bytes per second; undefined also where it is without limit. */
  readonly pacingRateBytesPerSecond: number | undefined;
  /** Bytes of data that the other end acknowledged; the handshake's SYN counts as one on the side that connected. */
  readonly bytesAcked: number | undefined;
  /** Bytes of data that arrived in order; the other end's FIN counts as one. */
  readonly bytesReceived: number | undefined;
  /** Segments sent, those without data included. */
  readonly segsOut: number | undefined;
  /** Segments received, those without data included. */
  readonly segsIn: number | undefined;
  /** Bytes written and not sent for the first time. */
  readonly notSentBytes: number | undefined;
  /** Smallest round-trip time of the last minutes (net.ipv4.tcp_min_rtt_wlen); undefined also before there is one. */
  readonly minRttNs: number | undefined;
  /** Segments with data received. */
  readonly dataSegsIn: number | undefined;
  /** Segments with data sent, retransmitted ones included. */
  readonly dataSegsOut: number | undefined;
  /** Rate at which data arrived at the other end, from the last sample. */
  readonly deliveryRateBytesPerSecond: number | undefined;
  /** Whether that rate was limited by what the program wrote, not by the network. */
  readonly deliveryRateAppLimited: boolean;
  /** Time with data unacknowledged. */
  readonly busyTimeNs: number | undefined;
  /** Share of it that the other end's window held data back. */
  readonly rwndLimitedNs: number | undefined;
  /** Share of it that the send buffer did. */
  readonly sndbufLimitedNs: number | undefined;
  /** Segments with data that arrived at the other end; the SYN counts as one. */
  readonly delivered: number | undefined;
  /** Those of them that met a congestion mark. */
  readonly deliveredCe: number | undefined;
  /** Bytes of data sent, retransmitted ones included. */
  readonly bytesSent: number | undefined;
  /** Retransmitted bytes of data. */
  readonly bytesRetransmitted: number | undefined;
  /** Segments that the other end said it got twice. */
  readonly dsackDups: number | undefined;
  /** Reorderings seen. */
  readonly reordSeen: number | undefined;
  /** Segments that arrived out of order. */
  readonly rcvOoopack: number | undefined;
  /** Window of the other end, in bytes. */
  readonly sndWnd: number | undefined;
  /** Window of this end, in bytes. */
  readonly rcvWnd: number | undefined;
}

/** More than the structure of Linux 6.18 has: a longer one is cut, and no field of {@linkcode TcpInfo} lies there. */
const view = new DataView(new ArrayBuffer(512));
const bytes = new Uint8Array(view.buffer);
const length = new Uint32Array(1);

/** What every kernel since 2.6 returns: up to total_retrans. */
const MIN_BYTES = 104;

/**
 * Reads what the kernel knows of a connection. Costs about 0.5 µs.
 *
 * @param fd an open TCP socket
 * @throws {SystemError} as in `Cannot read TCP_INFO: Operation not supported (EOPNOTSUPP)` when it is none
 */
export function readTcpInfo(fd: number): TcpInfo {
  const libc = requireLibc();
  length[0] = bytes.length;
  if (libc.symbols.getsockopt(fd, 6, 11, bytes, length) < 0) {
    throw libc.error("getsockopt(TCP_INFO)", undefined, "Cannot read TCP_INFO");
  }
  return decodeTcpInfo(view, length[0]!);
}

/**
 * Decodes the structure.
 *
 * @param info it, in the machine's byte order
 * @param length bytes of it that the kernel wrote
 * @throws {RangeError} when it is shorter than any kernel's
 */
export function decodeTcpInfo(info: DataView, length: number): TcpInfo {
  if (length < MIN_BYTES) {
    throw new RangeError(
      `Cannot decode TCP_INFO of ${length} bytes: it has ${MIN_BYTES} at least`,
    );
  }
  const u8 = (at: number) => info.getUint8(at);
  const u32 = (at: number) => info.getUint32(at, true);
  const later32 = (at: number) => at + 4 <= length ? u32(at) : undefined;
  const later64 = (at: number) => at + 8 <= length ? u32(at) + u32(at + 4) * 2 ** 32 : undefined;
  const times = (value: number | undefined, factor: number) => value && value * factor;
  /** The kernel's "no such value" is the largest number of the type. */
  const unless = (none: number, value: number | undefined) => value === none ? undefined : value;
  const options = u8(5);
  return {
    state: STATES[u8(0) - 1] ?? `state ${u8(0)}`,
    caState: RECOVERY_STATES[u8(1)] ?? `state ${u8(1)}`,
    options: {
      timestamps: (options & 1) !== 0,
      sack: (options & 2) !== 0,
      windowScaling: (options & 4) !== 0,
      ecn: (options & 8) !== 0,
    },
    sendWindowShift: u8(6) & 15,
    receiveWindowShift: u8(6) >> 4,
    retransmits: u8(2),
    rtoNs: u32(8) * 1e3,
    atoNs: u32(12) * 1e3,
    sndMss: u32(16),
    rcvMss: u32(20),
    unacked: u32(24),
    sacked: u32(28),
    lost: u32(32),
    retransmitted: u32(36),
    lastDataSentNs: u32(44) * 1e6,
    lastDataReceivedNs: u32(52) * 1e6,
    lastAckReceivedNs: u32(56) * 1e6,
    pmtu: u32(60),
    rttNs: u32(68) * 1e3,
    rttVarNs: u32(72) * 1e3,
    ssthresh: unless(0x7fffffff, u32(76)),
    cwnd: u32(80),
    advmss: u32(84),
    reordering: u32(88),
    receiverRttNs: u32(92) * 1e3,
    receiveSpaceBytes: u32(96),
    totalRetransmits: u32(100),
    pacingRateBytesPerSecond: unless(2 ** 64, later64(104)),
    bytesAcked: later64(120),
    bytesReceived: later64(128),
    segsOut: later32(136),
    segsIn: later32(140),
    notSentBytes: later32(144),
    minRttNs: times(unless(0xffffffff, later32(148)), 1e3),
    dataSegsIn: later32(152),
    dataSegsOut: later32(156),
    deliveryRateBytesPerSecond: later64(160),
    deliveryRateAppLimited: (u8(7) & 1) !== 0,
    busyTimeNs: times(later64(168), 1e3),
    rwndLimitedNs: times(later64(176), 1e3),
    sndbufLimitedNs: times(later64(184), 1e3),
    delivered: later32(192),
    deliveredCe: later32(196),
    bytesSent: later64(200),
    bytesRetransmitted: later64(208),
    dsackDups: later32(216),
    reordSeen: later32(220),
    rcvOoopack: later32(224),
    sndWnd: later32(228),
    rcvWnd: later32(232),
  };
}
