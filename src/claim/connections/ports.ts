/**
 * Claims 27 and 28: ports.
 *
 * @module
 */

import { hasCapability, withoutCapability } from "../../kernel/capabilities.ts";
import { describeFd } from "../../kernel/find_fd.ts";
import { requireLibc } from "../../kernel/libc.ts";
import { errnoName } from "../../kernel/system_error.ts";
import { CannotTry, type Claim, type ClaimFacts, type Lab } from "../claim.ts";
import { receiveNow, sendNow } from "../raw_pair.ts";
import { loopback, RawSockets, waitUntil } from "./raw_sockets.ts";
import { readSettingsOf, readSocketTable } from "./socket_table.ts";
import { usableStreams } from "./usable_streams.ts";

const CONNECTS = 20;
const RANGE = "net.ipv4.ip_local_port_range";
const UNPRIVILEGED = "net.ipv4.ip_unprivileged_port_start";
const PRIVILEGE = "CAP_NET_BIND_SERVICE";
/** Where the well-known ports end (RFC 6335, section 6: system ports). */
const WELL_KNOWN = 1_024;

/** What bind said of a port: `bound`, or the error's name. */
interface Bind {
  readonly port: number;
  readonly privileged: boolean;
  readonly outcome: string;
}

/** "The client's port is chosen by the system at connect(); 0–1023 are for well-known services." */
export const portIsChosenAtConnect: Claim = {
  id: "port-is-chosen-at-connect",
  number: 27,
  group: "connections",
  sentence:
    "The client's port is chosen by the system at connect(); 0 to 1023 are for well-known services",
  source: "A, D",
  method:
    `${CONNECTS} clients connected through Deno without naming a port, and the kernel's table of sockets was read for theirs; by system calls, a socket's port was read ` +
    "before and after its connect. Then low ports were bound, with the privilege that is asked for and with it laid down",
  experiment: watchPorts,
  decide({ facts }) {
    const ports = facts!.ports as readonly number[];
    const range = facts!.range as readonly number[] | null;
    const start = facts!.unprivilegedStart as number | null;
    const binds = (facts!.binds ?? []) as unknown as readonly Bind[];
    const [before, after] = (facts!.chosen ?? []) as readonly number[];
    const isInRange = range === null ||
      ports.every((port) => port >= range[0]! && port <= range[1]!);
    const isChosen = ports.every((port) => port >= WELL_KNOWN) &&
      (before === undefined || (before === 0 && after !== 0));
    const low = binds.filter(({ port, privileged }) => port < WELL_KNOWN && !privileged);
    const isKept = low.length > 0 && low.every(({ outcome }) => outcome === "EACCES");
    const isFree = low.some(({ outcome }) => outcome === "bound");
    const isTold = ports.length === CONNECTS && isInRange && isChosen;
    return {
      verdict: !isTold
        ? "does not hold"
        : isFree
        ? "holds in part"
        : isKept
        ? "holds"
        : "undecided",
      answer: `${ports.length} clients met ports ${Math.min(...ports)} to ${Math.max(...ports)}`,
      seen: [
        `${ports.length} clients of Deno had ${new Set(ports).size} different ports, ${
          range === null
            ? `the range of ${RANGE} not read`
            : `${isInRange ? "all" : "not all"} of them within ${RANGE}, ${range[0]} to ${range[1]}`
        }`,
        ...(before === undefined ? [] : [
          `A socket made by system calls had ${
            before === 0 ? "no port" : `port ${before}`
          } before connect and port ${after} after it`,
        ]),
        ...binds.map(({ port, privileged, outcome }) =>
          `Binding port ${port} ${privileged ? "with" : "without"} ${PRIVILEGE}: ${
            outcome === "bound" ? "bound" : outcome
          }`
        ),
        ...(start === null ? [] : [
          `Ports below ${start} ask for that privilege here (${UNPRIVILEGED})`,
        ]),
        ...(binds.length > 0 && !binds.some(({ privileged }) => privileged)
          ? [`With ${PRIVILEGE} no port could be tried: this process does not have it`]
          : []),
        ...(isKept || isFree || low.length === 0
          ? []
          : ["Whether low ports are kept could not be seen: those tried were in use"]),
        ...(facts!.unseen === undefined
          ? []
          : [`What needs system calls could not be tried: ${facts!.unseen}`]),
      ],
      why: [
        "A client may bind, and hardly ever does: connect takes a free port of the ephemeral range then, and where it begins to look depends on a secret and both " +
        "addresses (RFC 6056), so that a stranger cannot guess the next one. Linux prefers ports of one parity for connect and leaves the other half to bind",
        "That ports below 1024 need a privilege is a custom of Unix and no part of TCP. It said once that a machine's administrator had started the service; on Linux the " +
        "border is a setting of the network namespace, and containers often have it at 0",
      ],
    };
  },
  meaning:
    "The range bounds how many connections one client address can have to one server's port, those in TIME_WAIT included (claim 26): about 28,000 by default. A server on port 80 or 443 needs the capability, " +
    "not root; `Deno.listen` without it fails with PermissionDenied",
  code: [
    "// sudo setcap cap_net_bind_service=+ep $(which deno), or a port from 1024 on behind a proxy",
    "const listener = Deno.listen({ port: 8080 });",
  ].join("\n"),
};

async function watchPorts(lab: Lab): Promise<ClaimFacts> {
  const ports = await connectThroughDeno(lab);
  const settings = await readSettingsOf([RANGE, UNPRIVILEGED]);
  const range = settings[RANGE]?.split(" ").map(Number) ?? null;
  const start = settings[UNPRIVILEGED];
  const common = { ports, range, unprivilegedStart: start === undefined ? null : Number(start) };
  if (!lab.kernel.available) return { ...common, unseen: lab.kernel.reason };
  return { ...common, chosen: watchChoice(lab), binds: tryLowPorts(lab) } as unknown as ClaimFacts;
}

async function connectThroughDeno(lab: Lab): Promise<readonly number[]> {
  const { directory } = lab;
  const [[, tcp]] = usableStreams(["tcp"], lab);
  const listener = await tcp.listen({ directory });
  const open: { close(): void }[] = [];
  try {
    for (let k = 0; k < CONNECTS; k++) {
      open.push(await tcp.connect(listener.endpoint, { directory }));
    }
    if (listener.endpoint.kind !== "ip") throw new CannotTry("TCP has no port here");
    const { port } = listener.endpoint;
    const rows = await readSocketTable();
    return rows.filter(({ remotePort, state }) => remotePort === port && state === "ESTABLISHED")
      .map(({ localPort }) => localPort);
  } finally {
    for (const channel of open) channel.close();
    listener.close();
  }
}

function watchChoice(lab: Lab): readonly [before: number, after: number] {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen("tcp", 1);
  const fd = sockets.socket("tcp");
  const portOf = () => {
    const local = describeFd(fd)?.local;
    return local?.kind === "ip" ? local.port : 0;
  };
  const before = portOf();
  sockets.connectWith(fd, listener.address);
  return [before, portOf()];
}

/** The highest well-known ports: hardly any service has one of them. */
function tryLowPorts(lab: Lab): readonly Bind[] {
  const binds: Bind[] = [];
  for (const port of [WELL_KNOWN - 1, WELL_KNOWN]) {
    if (hasCapability(PRIVILEGE)) {
      binds.push({ port, privileged: true, outcome: tryBind(port, lab) });
    }
    const outcome = withoutCapability(PRIVILEGE, () => tryBind(port, lab));
    binds.push({ port, privileged: false, outcome });
  }
  return binds;
}

function tryBind(port: number, lab: Lab): string {
  using sockets = new RawSockets(lab);
  const libc = requireLibc();
  const address = loopback(port);
  const result = libc.symbols.bind(sockets.socket("tcp"), address, address.length);
  return result === 0 ? "bound" : errnoName(libc.errno);
}

const EXCHANGES = 10;
const LIMIT_MS = 1_000;

/** "TCP and UDP may use the same port number without disturbing each other." */
export const protocolsShareNumbers: Claim = {
  id: "protocols-share-numbers",
  number: 28,
  group: "connections",
  sentence: "TCP and UDP may use the same port number without disturbing each other",
  source: "C",
  method:
    `A UDP socket was bound to the port of a TCP listener; ${EXCHANGES} exchanges were made over each in turn, with different bytes, and what arrived was compared. Then a second TCP ` +
    "listener and a second UDP socket were tried on that port",
  experiment: sharePort,
  decide({ facts }) {
    const { port, tcp, udp, crossed, again } = facts as unknown as Shared;
    const isSo = tcp === EXCHANGES && udp === EXCHANGES && crossed === 0;
    return {
      verdict: isSo ? "holds" : tcp + udp > 0 && crossed === 0 ? "undecided" : "does not hold",
      answer: `on one number ${tcp} exchanges over TCP, ${udp} over UDP, ${crossed} mixed up`,
      seen: [
        `Both were bound to port ${port}; ${tcp} of ${EXCHANGES} exchanges over TCP and ${udp} of ${EXCHANGES} over UDP came back as sent, ${crossed} with the other's bytes`,
        `A second TCP listener on that port: ${again.tcp}; a second UDP socket: ${again.udp}`,
      ],
      why: [
        "A port is a number within a protocol: the kernel looks at the IP header's protocol field first and then into that protocol's own table. DNS answers on 53 over both, HTTP/3 on 443 beside HTTP/2",
      ],
    };
  },
  meaning:
    "One number may be announced for both. A firewall, and a container's published port, count them apart: opening 443 for TCP opens nothing for QUIC",
  code: [
    "const listener = Deno.listen({ port: 0 });",
    "const { port } = listener.addr;",
    'const socket = Deno.listenDatagram({ transport: "udp", port }); // the same number',
  ].join("\n"),
};

interface Shared {
  readonly port: number;
  readonly tcp: number;
  readonly udp: number;
  readonly crossed: number;
  readonly again: { readonly tcp: string; readonly udp: string };
}

async function sharePort(lab: Lab): Promise<ClaimFacts> {
  using sockets = new RawSockets(lab);
  const libc = requireLibc();
  const listener = sockets.listen("tcp", 1);
  const address = loopback(listener.port);
  const datagrams = sockets.socket("udp");
  libc.check(libc.symbols.bind(datagrams, address, address.length), "bind");
  const { fd: stream } = sockets.connect("tcp", address);
  const sender = sockets.socket("udp");
  libc.check(libc.symbols.connect(sender, address, address.length), "connect");
  let accepted: number | undefined;
  await waitUntil(lab, () => (accepted = sockets.accept(listener)) !== undefined, LIMIT_MS);
  if (accepted === undefined) throw new CannotTry("a connection was not accepted in time");
  const counts = { tcp: 0, udp: 0, crossed: 0 };
  const buffer = new Uint8Array(8);
  for (let k = 0; k < 2 * EXCHANGES; k++) {
    const [kind, from, to] = k % 2 === 0
      ? ["tcp", stream, accepted] as const
      : ["udp", sender, datagrams] as const;
    const message = new Uint8Array([k, kind.charCodeAt(0)]);
    sendNow(from, message);
    let received: number | undefined;
    await waitUntil(lab, () => (received = receiveNow(to, buffer)) !== undefined, LIMIT_MS);
    if (received === 2 && buffer[0] === k && buffer[1] === message[1]) counts[kind]++;
    else if (received !== undefined) counts.crossed++;
  }
  const again = {
    tcp: tryAgain(sockets.socket("tcp"), address),
    udp: tryAgain(sockets.socket("udp"), address),
  };
  return { port: listener.port, ...counts, again };
}

function tryAgain(fd: number, address: Uint8Array<ArrayBuffer>): string {
  const libc = requireLibc();
  return libc.symbols.bind(fd, address, address.length) === 0
    ? "bound as well"
    : `refused with ${errnoName(libc.errno)}`;
}
