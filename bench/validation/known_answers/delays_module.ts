/**
 * The transports that wait, as a module that both ends of a process peer load. What a peer waited goes to a file in the run's directory,
 * the one place where it may write.
 *
 * @module
 */

import type { SockbenchModule } from "../../../src/catalog.ts";
import { systemClock } from "../../../src/clock.ts";
import { tcp } from "../../../src/transport/tcp.ts";
import { udp } from "../../../src/transport/udp.ts";
import { type Waited, waitingTransport } from "./waiting_transport.ts";

/** The waits, in microseconds; 0 is what the others are compared with. */
export const WAITS_US: readonly number[] = [0, 50, 200, 1_000];

/** The transports that are made to wait. */
export const WAITING: readonly string[] = [tcp.name, udp.name];

/** The name of a transport that waits. */
export function waitingName(transport: string, waitUs: number): string {
  return `${transport}-waits-${waitUs}`;
}

/** Where the serving end leaves what it waited in the last trial. */
export function waitedFile(directory: string): string {
  return `${directory}/waited.json`;
}

function leave(waited: Waited, directory: string): void {
  Deno.writeTextFileSync(waitedFile(directory), JSON.stringify(waited));
}

const module: SockbenchModule = {
  transports: [tcp, udp].flatMap((transport) =>
    WAITS_US.map((waitUs) => {
      const name = waitingName(transport.name, waitUs);
      return waitingTransport(transport, { name, waitNs: waitUs * 1e3 }, systemClock, leave);
    })
  ),
};
export default module;
