// Claim 33.

import { cannotTry, type ClaimDeclaration, type Decision, firstMet } from "../claim.ts";
import type { CaseRequest, ClaimFigures, Figure } from "../claim_figures.ts";
import { formatFigure } from "../format_figure.ts";

/** A kind of socket that textbooks name. `socket`: as socket(2) is told; `deno`: its transport by Deno's own API; absent where Deno has none; `libc`: its transport by system calls. */
export type Kind = Readonly<{ socket: string; deno?: string; libc: string }>;

/** Those of the sentence. */
export const KINDS: readonly Kind[] = [
  { socket: "AF_INET, SOCK_STREAM: TCP", deno: "tcp", libc: "tcp@libc" },
  { socket: "AF_INET, SOCK_DGRAM: UDP", deno: "udp", libc: "udp@libc" },
  { socket: "AF_INET, SOCK_RAW: ICMP echo", libc: "icmp@libc" },
  { socket: "AF_INET6, SOCK_STREAM: TCP", deno: "tcp6", libc: "tcp6@libc" },
  { socket: "AF_INET6, SOCK_DGRAM: UDP", deno: "udp6", libc: "udp6@libc" },
  { socket: "AF_UNIX, SOCK_STREAM", deno: "unix", libc: "unix@libc" },
  { socket: "AF_UNIX, SOCK_DGRAM", deno: "unixpacket", libc: "unixpacket@libc" },
  { socket: "AF_UNIX, SOCK_SEQPACKET", libc: "seqpacket@libc" },
  { socket: "AF_INET, SOCK_STREAM: MPTCP", libc: "mptcp@libc" },
  { socket: "AF_INET, SOCK_STREAM: SCTP", libc: "sctp@libc" },
  { socket: "AF_INET, SOCK_DCCP: DCCP", libc: "dccp@libc" },
  { socket: "AF_TIPC, SOCK_STREAM", libc: "tipc@libc" },
  { socket: "AF_VSOCK, SOCK_STREAM", libc: "vsock@libc" },
];

const BYTES = 64;

const cell = (transport: string): CaseRequest => ({
  scenario: "round-trip",
  transport,
  params: { bytes: BYTES },
  pin: "same",
});

/** What became of a kind. `unseen`: nobody could look, for lack of a permission or because its trials failed. */
type Found = {
  kind: Kind;
  state: "opens" | "refused" | "unseen";
  said: string;
  deno: Figure | undefined;
  libc: Figure | undefined;
};

export const familiesAndTypes: ClaimDeclaration = {
  id: "families-and-types",
  sentence:
    "There are AF_INET, AF_INET6 and AF_UNIX; SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET and SOCK_RAW; beside TCP and UDP there are SCTP, DCCP, TIPC and MPTCP",
  source:
    "socket(2); address_families(7); unix(7); raw(7); RFC 9260 (SCTP); RFC 4340 (DCCP); RFC 8684 (MPTCP)",
  method:
    "A socket of each kind was opened, bound to loopback and used for an exchange. Of those that work, a message of 64 B and its reply were timed, both ends on one core, by Deno's own API where it has the kind and by blocking system calls",
  rule: {
    "holds": "every kind carried messages here",
    "holds in part":
      "some kinds did, and the kernel has not the others: it lacks the family, the type, the protocol or its loopback",
    "does not hold": "none did, for that reason",
    "undecided":
      "all that could be looked for did, and others need a right that this process lacks, or failed otherwise",
  },
  control:
    "the same of the kinds alone that Deno opens: the sentence then holds; and of those alone that this kernel lacks: it does not",
  cases: KINDS.flatMap(({ deno, libc }) => [...(deno === undefined ? [] : [deno]), libc]).map(cell),
  decide: ({ figures }) => decideKinds(KINDS, figures),
  meaning:
    "Deno opens TCP, UDP and two of the three kinds of Unix-domain sockets, streams and datagrams (the latter with --unstable-net), and vsock with --unstable-vsock. Names mislead: `unixpacket` is SOCK_DGRAM in Deno and SOCK_SEQPACKET in Go. SOCK_SEQPACKET, raw sockets, SCTP and MPTCP are there for programs that call the C library. Before counting on a family, open one: a container may lack IPv6, and a kernel any module",
  code: [
    "function hasIpv6(): boolean {",
    "  try {",
    '    Deno.listen({ hostname: "::1", port: 0 }).close();',
    "    return true;",
    "  } catch {",
    "    return false;",
    "  }",
    "}",
  ].join("\n"),
};

/** The decision on some kinds. */
export function decideKinds(kinds: readonly Kind[], figures: ClaimFigures): Decision {
  const found = kinds.map((kind) => look(kind, figures));
  const of = (state: Found["state"]) => found.filter((one) => one.state === state);
  const [opens, refused, unseen] = [of("opens"), of("refused"), of("unseen")];
  if (opens.length === 0 && refused.length === 0) return cannotTry(found[0]!.said);
  const inDeno = opens.filter(({ kind }) => kind.deno !== undefined);
  const tried = opens.length + refused.length;
  return {
    verdict: firstMet({
      "does not hold": opens.length === 0,
      "holds in part": refused.length > 0,
      undecided: unseen.length > 0,
    }, "holds"),
    answer: `${opens.length} of ${tried} kinds open here, ${inDeno.length} of them by Deno's API`,
    seen: [
      `${opens.length} of ${tried} kinds that could be looked for carry messages here, ${inDeno.length} of them by Deno's own API`,
      ...refused.map(({ kind, said }) => `${kind.socket} does not: ${said}`),
      ...(unseen.length === 0 ? [] : [
        `Not seen: ${unseen.map(({ kind, said }) => `${kind.socket} (${said})`).join("; ")}`,
      ]),
    ],
    tables: [{
      caption: `Round trip of ${BYTES} B, ${placementOf(kinds, figures)}; medians of trials`,
      columns: ["socket", "here", "Deno", "libc, blocking"],
      rows: found.map(({ kind, state, said, deno, libc }) => [
        kind.socket,
        state === "opens" ? "opens" : said,
        deno === undefined ? "–" : formatFigure(deno),
        libc === undefined ? "–" : formatFigure(libc),
      ]),
    }],
    why: [
      "The numbers of families and types are part of the system's interface, and socket(2) takes them all; what is behind a number is a module of the kernel, and kernels are built without those that few use. The kernel reports a missing family as EAFNOSUPPORT, a missing type ESOCKTNOSUPPORT, a missing protocol EPROTONOSUPPORT, and a missing right as EPERM, which tells nothing about the kernel. Linux has had no DCCP since 6.16; SCTP, TIPC and the loopback of vsock are modules of their own",
      "An ICMP echo is answered by the kernel in the sender's own system call: its round trip has no second program in it, and is no faster transport. MPTCP over one path is TCP with more to do",
    ],
  };
}

/** What a kernel answers that lacks the family, the type, the protocol or its loopback. EPERM and EACCES are of missing rights. */
const LACKS =
  /\((?:EAFNOSUPPORT|ESOCKTNOSUPPORT|EPROTONOSUPPORT|EPFNOSUPPORT|EPROTOTYPE|EOPNOTSUPP|EADDRNOTAVAIL)\)/;
/** What is said of a kind that the kernel opens, and that is not measured. */
const UNMEASURED = "this kernel opens such sockets";

function look(kind: Kind, figures: ClaimFigures): Found {
  const { deno: name, libc: libcName } = kind;
  const cells = (name === undefined ? [libcName] : [name, libcName]).map(cell);
  const deno = name === undefined ? undefined : figures.figure(cell(name), "p50");
  const libc = figures.figure(cell(libcName), "p50");
  const said = cells.map((one) => figures.skip(one)).find((words) => words !== undefined) ?? "";
  // What failed in its trials had been opened before: that the machine was short of something says nothing of the kind.
  const hasFailed = cells.some((one) => figures.errors(one).length > 0);
  const state = deno !== undefined || libc !== undefined || said.startsWith(UNMEASURED)
    ? "opens"
    : LACKS.test(said) && !hasFailed
    ? "refused"
    : "unseen";
  return { kind, state, said, deno, libc };
}

function placementOf(kinds: readonly Kind[], figures: ClaimFigures): string {
  const placed = kinds.flatMap(({ deno, libc }) => [deno ?? libc, libc]).map((transport) =>
    figures.placement(cell(transport))
  );
  return placed.find((words) => words !== "") ?? "";
}
