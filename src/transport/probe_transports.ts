/**
 * Which transports work on this machine.
 *
 * @module
 */

import { openKernel } from "../kernel/libc.ts";
import { type Availability, KERNEL_ROOM, type Transport } from "./transport.ts";

/**
 * Probes every transport, one after another, and the kernel room.
 *
 * @param transports by id, as in a catalog
 * @param directory a private directory for socket files
 * @returns availability by transport id, and that of the kernel room by {@linkcode KERNEL_ROOM}
 */
export async function probeTransports(
  transports: ReadonlyMap<string, Transport>,
  directory: string,
): Promise<ReadonlyMap<string, Availability>> {
  const kernel = openKernel();
  const found = new Map<string, Availability>([
    [KERNEL_ROOM, kernel.available ? { available: true } : kernel],
  ]);
  for (const [id, transport] of transports) {
    found.set(id, await transport.probe({ directory }));
  }
  return found;
}
