/**
 * Which transports work on this machine.
 *
 * @module
 */

import type { Availability, Transport } from "./transport.ts";

/**
 * Probes every transport, one after another.
 *
 * @param transports by id, as in a catalog
 * @param directory a private directory for socket files
 * @returns availability by transport id
 */
export async function probeTransports(
  transports: ReadonlyMap<string, Transport>,
  directory: string,
): Promise<ReadonlyMap<string, Availability>> {
  const found = new Map<string, Availability>();
  for (const [id, transport] of transports) {
    found.set(id, await transport.probe({ directory }));
  }
  return found;
}
