// The counters that matter to sockets, after RFC 4022 (Tcp), RFC 4113 (Udp), snmp_counter.rst (TcpExt) and the places in net/ipv4 that count.

const UDP = {
  InDatagrams: "datagrams that a receiver read",
  NoPorts: "datagrams for a port that nobody listened on",
  InErrors: "datagrams that arrived and were dropped, whatever the reason",
  OutDatagrams: "datagrams sent",
  RcvbufErrors: "datagrams dropped because the receive buffer was full",
  SndbufErrors: "datagrams not sent because the send buffer was full",
};

const TCP = {
  ActiveOpens: "connections opened from this side",
  PassiveOpens: "connections that clients opened here, counted when the handshake completes",
  AttemptFails: "connections that were never established",
  EstabResets: "established connections that were reset",
  InSegs: "segments received, bad ones included",
  OutSegs: "segments sent, without retransmitted ones",
  RetransSegs: "retransmitted segments",
  InErrs: "segments received with an error",
  OutRsts: "resets sent",
};

const TCP_EXT = {
  TW: "connections that entered TIME-WAIT",
  TWRecycled: "connections in TIME-WAIT whose ports were taken for a new one",
  DelayedACKs: "acknowledgements sent by the delayed-ACK timer, because no data came to carry them",
  DelayedACKLocked: "delayed-ACK timers that fired while the socket was in use, and had to wait",
  DelayedACKLost: "segments received again, because their acknowledgement was late or lost",
  ListenOverflows: "connections dropped because the accept queue of a listener was full",
  ListenDrops: "connections that a listener dropped, whatever the reason",
  TCPPureAcks: "acknowledgements received without data",
  TCPHPHits: "data segments received on the kernel's fast path",
  TCPHPAcks: "acknowledgements received on the kernel's fast path",
  TCPAutoCorking:
    "small writes held back to fill a segment while earlier packets wait in the device",
  TCPRcvCoalesce: "received segments joined with the one before them in the receive queue",
  TCPBacklogCoalesce: "segments joined while they waited for a socket in use",
  TCPOrigDataSent: "segments sent with new data",
  TCPDelivered: "segments with data that the receiver acknowledged",
  TCPDeliveredCE: "acknowledged segments that met congestion marks (ECN)",
  TCPBacklogDrop: "segments dropped because the queue of a socket in use was full",
  TCPRcvQDrop: "segments dropped because the receive queue was full",
  TCPRcvCollapsed: "received segments copied together because the receive buffer was nearly full",
  PruneCalled: "times that the receive queue was cut back because its buffer was full",
  RcvPruned: "segments dropped because the receive buffer was full",
  TCPZeroWindowDrop: "segments dropped because the receiver had said that it takes no more",
  TCPToZeroWindowAdv: "times that a receiver said it takes no more bytes (window 0)",
  TCPFromZeroWindowAdv: "times that a receiver takes bytes again after window 0",
  TCPWantZeroWindowAdv:
    "times that a receiver would have said window 0, were it not to shrink the window",
  TCPWinProbe: "probes sent to a receiver whose window was 0",
  TCPMemoryPressures: "times that TCP as a whole ran short of memory",
  TCPAbortOnData:
    "connections reset because they were closed with linger 0, or got data after their close",
  TCPAbortOnClose: "connections reset because they were closed with bytes unread",
  TCPAbortOnTimeout: "connections given up because nothing was acknowledged any more",
  TCPAbortOnMemory: "connections given up as memory ran out",
  TCPTimeouts: "retransmission timers that fired",
  TCPLossProbes: "tail loss probes sent",
  TCPLossProbeRecovery: "losses that a tail loss probe mended",
  TCPSpuriousRTOs: "retransmission timers that fired although nothing was lost",
  TCPFastRetrans: "segments retransmitted before their timer fired",
  TCPSlowStartRetrans: "segments retransmitted after a timeout",
  TCPLostRetransmit: "retransmitted segments that were lost again",
  TCPSynRetrans: "retransmitted SYNs and their answers",
  TCPSACKReorder: "reorderings seen through selective acknowledgements",
  TCPTSReorder: "reorderings seen through timestamps",
  TCPOFOQueue: "segments that arrived out of order",
  TCPDSACKRecv: "reports of segments that arrived twice",
  TCPReqQFullDrop: "SYNs dropped because the queue of half-open connections was full",
  TCPTimeWaitOverflow: "connections ended without TIME-WAIT, because too many were in it",
  TCPKeepAlive: "keep-alive probes sent",
  BusyPollRxPackets: "packets received by busy polling",
};

const GAUGES = {
  tcpInUse: "TCP sockets over IPv4 in use",
  tcpOrphan: "TCP sockets that no process holds and that still have bytes to send",
  tcpTimeWait: "TCP connections in TIME-WAIT",
  tcpMemPages: "memory that TCP as a whole holds, in pages",
  udpInUse: "UDP sockets over IPv4 in use",
};

const of = (table: string, descriptions: Readonly<Record<string, string>>) =>
  Object.entries(descriptions).map(([name, text]) => [`${table}.${name}`, text] as const);

/** What each selected counter counts, by its name as in `TcpExt.DelayedACKs`. */
export const SELECTED: ReadonlyMap<string, string> = new Map([
  ...of("Tcp", TCP),
  ...of("Udp", UDP),
  ...of("Udp6", UDP),
  ...of("TcpExt", TCP_EXT),
  ...of("sockstat", GAUGES),
]);
