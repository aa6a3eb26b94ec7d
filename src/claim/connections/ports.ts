// Claim 27: the ports of clients.

import { hasCapability, withoutCapability } from "../../kernel/capabilities.ts";
import { CannotTry, type ClaimDeclaration, type ClaimFacts, firstMet, type Lab } from "../claim.ts";
import { RawSockets } from "../sockets.ts";
import { readSettingsOf, readSocketTable } from "../socket_table.ts";
import { usableStreams } from "../channels.ts";

const CONNECTS = 20;
const RANGE = "net.ipv4.ip_local_port_range";
const UNPRIVILEGED = "net.ipv4.ip_unprivileged_port_start";
const PRIVILEGE = "CAP_NET_BIND_SERVICE";
/** Where the well-known ports end (RFC 6335, section 6: system ports). */
const WELL_KNOWN = 1_024;

/** What bind said of a port: `bound`, or the error's name. */
type Bind = Readonly<{ port: number; privileged: boolean; outcome: string }>;

export const portIsChosenAtConnect: ClaimDeclaration = {
  id: "port-is-chosen-at-connect",
  sentence:
    "The client's port is chosen by the system at connect(); 0 to 1023 are for well-known services",
  source:
    "ip(7), ip_local_port_range; RFC 6056; RFC 6335, section 6; capabilities(7), CAP_NET_BIND_SERVICE",
  method:
    `${CONNECTS} clients connected through Deno without naming a port, and the kernel's table of sockets was read for theirs; by system calls, a socket's port was read before and after its connect. Then low ports were bound, with the privilege that is asked for and with it laid down`,
  rule: {
    "holds":
      `every client's port was free before its connect, of the range afterwards, and no port below ${WELL_KNOWN} could be bound without the privilege`,
    "holds in part": "the same, but such a port could be bound",
    "does not hold": "a client had its port before its connect, or one outside of the range",
    "undecided": "the ports were chosen so, and none below could be tried",
  },
  control:
    "the same with clients that bind before they connect: the sentence then does not hold; with net.ipv4.ip_unprivileged_port_start at 0 it holds in part",
  experiment: (lab) => watchPorts(lab),
  decide({ facts }) {
    const ports = facts!.ports as readonly number[];
    const range = facts!.range as readonly number[] | null;
    const start = facts!.unprivilegedStart as number | null;
    const binds = (facts!.binds ?? []) as readonly Bind[];
    const [before, after] = (facts!.chosen ?? []) as readonly number[];
    const isInRange = range === null ||
      ports.every((port) => port >= range[0]! && port <= range[1]!);
    const isChosen = ports.every((port) => port >= WELL_KNOWN) &&
      (before === undefined || (before === 0 && after !== 0));
    const low = binds.filter(({ port, privileged }) => port < WELL_KNOWN && !privileged);
    const isKept = low.length > 0 && low.every(({ outcome }) => outcome === "EACCES");
    const isFree = low.some(({ outcome }) => outcome === "bound");
    const isTold = ports.length === facts!.clients && isInRange && isChosen;
    return {
      verdict: firstMet(
        { "does not hold": !isTold, "holds in part": isFree, holds: isKept },
        "undecided",
      ),
      answer: `${ports.length} clients had ports ${Math.min(...ports)} to ${Math.max(...ports)}`,
      seen: [
        `${ports.length} clients of Deno had ${new Set(ports).size} different ports, ${
          range === null
            ? `the range of ${RANGE} not read`
            : `${isInRange ? "all" : "not all"} of them within ${RANGE}, ${range[0]} to ${range[1]}`
        }`,
        ...(before === undefined ? [] : [
          `A socket made by system calls had ${before === 0 ? "no port" : `port ${before}`} ` +
          `before connect and port ${after} after it`,
        ]),
        ...binds.map(({ port, privileged, outcome }) =>
          `Binding port ${port} ${privileged ? "with" : "without"} ${PRIVILEGE}: ` +
          `${outcome === "bound" ? "bound" : outcome}`
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
        "A client may bind, and hardly ever does: connect takes a free port of the ephemeral range then, and where it begins to look depends on a secret and both addresses (RFC 6056), so that a stranger cannot guess the next one. Since Linux 4.2 connect prefers ports of one parity and leaves the other half to bind",
        "That ports below 1024 need a privilege is a custom of Unix and no part of TCP. It once meant that a machine's administrator had started the service; on Linux the border is a setting of the network namespace, and containers often have it at 0",
      ],
    };
  },
  meaning:
    "The range bounds how many connections one client address can have to one server's port, those in TIME_WAIT included (claim 26): by default, 32,768 to 60,999, some 28,000. A server on port 80 or 443 needs the capability, not root; `Deno.listen` without it fails with PermissionDenied",
  code: [
    "// sudo setcap cap_net_bind_service=+ep $(which deno), or a port from 1024 on behind a proxy",
    "const listener = Deno.listen({ port: 8080 });",
  ].join("\n"),
};

export async function watchPorts(lab: Lab, binds = false): Promise<ClaimFacts> {
  const ports = await connectThroughDeno(lab);
  const settings = await readSettingsOf([RANGE, UNPRIVILEGED]);
  const range = settings[RANGE]?.split(" ").map(Number) ?? null;
  const start = settings[UNPRIVILEGED];
  const common = {
    clients: CONNECTS,
    ports,
    range,
    unprivilegedStart: start === undefined ? null : Number(start),
  };
  if (!lab.kernel.available) return { ...common, unseen: lab.kernel.reason };
  return { ...common, chosen: watchChoice(lab, binds), binds: tryLowPorts(lab) };
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

function watchChoice(lab: Lab, binds: boolean): readonly [before: number, after: number] {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen("tcp", 1);
  const fd = binds ? sockets.bind("tcp") : sockets.socket("tcp");
  const before = sockets.portOf(fd);
  sockets.connectWith(fd, listener.address);
  return [before, sockets.portOf(fd)];
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
  return sockets.tryBind("tcp", port) ?? "bound";
}
