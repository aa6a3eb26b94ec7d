// How soon a client's ports come back from TIME_WAIT, with few of them.

import { type Lab } from "../claim.ts";
import { RawSockets, receiveNow, waitUntil } from "../sockets.ts";
import { isolateExperiment } from "../try_part.ts";
import { readSettingsOf } from "../socket_table.ts";

const FIRST_PORT = 40_000;
/** Ports that clients have there. */
export const PORTS = 100;
/** Connections that are tried. */
export const TRIED = 300;
/** A port in TIME-WAIT may be used again after a second. */
const AGAIN_NS = 1.2e9;
const LIMIT_MS = 500;
const REUSE = "net.ipv4.tcp_tw_reuse";

/** How soon a client's ports come back, with few of them. `opened`: connections opened before a connect found no port; `later`: the same again, a little over a second later. */
export type Reused = {
  first: "client" | "server";
  reuse: string;
  ports: number;
  tried: number;
  opened: number;
  later: number;
};

/** Opens and closes connections in namespaces with few ports. */
export async function limitPorts(id: string, lab: Lab): Promise<Record<string, unknown>> {
  try {
    const runs = await Promise.all([0, 2].map((reuse) =>
      isolateExperiment(
        [id, "ports"],
        lab.signal,
        "echo " +
          `"${FIRST_PORT} ${FIRST_PORT + PORTS - 1}" > /proc/sys/net/ipv4/ip_local_port_range\n` +
          `echo ${reuse} > /proc/sys/net/ipv4/tcp_tw_reuse`,
      )
    ));
    return { ports: runs.flatMap((facts) => facts.runs as readonly Reused[]) };
  } catch (error) {
    return { unlimited: (error as Error).message };
  }
}

/** Opens and closes connections until there is no port left, and once more after a second. */
export async function usePorts(first: "client" | "server", lab: Lab): Promise<Reused> {
  const { [REUSE]: reuse = "not read" } = await readSettingsOf([REUSE]);
  const { clock } = lab;
  using sockets = new RawSockets(lab);
  // Outside of the range, so that it takes none of the ports.
  const listener = sockets.listen("tcp", 1, FIRST_PORT - (first === "client" ? 1 : 2));
  const open = async () => {
    let opened = 0;
    for (; opened < TRIED; opened++) {
      const { fd, state } = sockets.connect("tcp", listener.address);
      if (state === "EADDRNOTAVAIL") break;
      const accepted = await sockets.acceptSoon(listener, lab);
      const [one, other] = first === "client" ? [fd, accepted] : [accepted, fd];
      sockets.close(one);
      // Orderly: the other end has read the end of the stream before it closes.
      await waitUntil(lab, () => receiveNow(other, new Uint8Array(1)) === 0, LIMIT_MS);
      sockets.close(other);
    }
    return opened;
  };
  const opened = await open();
  await clock.sleepUntilNs(clock.nowNs() + AGAIN_NS);
  return { first, reuse, ports: PORTS, tried: TRIED, opened, later: await open() };
}
