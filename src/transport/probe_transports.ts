// Which transports work on this machine.

import { openKernel } from "../kernel/libc.ts";
import { NO_DESCRIPTOR } from "../kernel/shortage.ts";
import { reasonOf } from "./probe.ts";
import { type Availability, KERNEL_ROOM, type Transport } from "./transport.ts";

/** How long a probe may take, in milliseconds: the slowest that works needs a fiftieth of it. */
const PATIENCE_MS = 2_000;
/** What of a reason is kept: a transport of a user's module may say anything. */
const LONGEST_REASON = 400;

/**
 * Probes transports side by side, and the kernel room. Whatever a probe does, it ends within two seconds: one that throws,
 * hangs or returns an invalid answer is a transport that is not available, with the reason. Returns availability by transport
 * id, and that of the kernel room by {@linkcode KERNEL_ROOM}.
 */
export async function probeTransports(
  transports: ReadonlyMap<string, Transport>,
  directory: string,
  needed?: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Availability>> {
  const kernel = openKernel();
  const asked = [...transports].filter(([id]) => needed?.has(id) ?? true);
  const found = await Promise.all(asked.map(([, transport]) => probe(transport, directory)));
  const availability = new Map<string, Availability>([
    [KERNEL_ROOM, kernel.available ? { available: true } : kernel],
    ...asked.map(([id], index): [string, Availability] => [id, found[index]!]),
  ]);
  // Side by side they need more descriptors than a run does: what wanted for them alone is tried alone.
  for (const [id, transport] of asked) {
    const first = availability.get(id)!;
    if (!first.available && first.reason.includes(NO_DESCRIPTOR)) {
      availability.set(id, await probe(transport, directory));
    }
  }
  return availability;
}

async function probe(transport: Transport, directory: string): Promise<Availability> {
  if (!("Deno" in globalThis) && transport.driver !== "node") {
    const reason = `driver ${transport.driver} needs Deno, and this is ${navigator.userAgent}`;
    return { available: false, reason };
  }
  const late = Promise.withResolvers<Availability>();
  const timer = setTimeout(() => {
    const reason = `its probe did not end within ${PATIENCE_MS / 1e3} s`;
    late.resolve({ available: false, reason });
  }, PATIENCE_MS);
  try {
    return checked(await Promise.race([transport.probe({ directory }), late.promise]));
  } catch (error) {
    return { available: false, reason: short(`its probe failed: ${reasonOf(error)}`) };
  } finally {
    clearTimeout(timer);
  }
}

/** What came back as it should be: no compiler may have seen a user's transport. */
function checked(found: unknown): Availability {
  const { available, reason, largestMessageBytes: largest, segmentBytes: segment } = Object(found);
  if (available === false && typeof reason === "string" && reason.trim() !== "") {
    return { available, reason: short(reason) };
  }
  if (available === true && largest === undefined) {
    return Number.isSafeInteger(segment) && segment > 0
      ? { available, segmentBytes: segment }
      : { available };
  }
  if (available === true && Number.isSafeInteger(largest) && largest > 0) {
    return { available, largestMessageBytes: largest };
  }
  const seen = Deno.inspect(found, { depth: 1, compact: true });
  return { available: false, reason: short(`its probe returned an invalid answer: ${seen}`) };
}

function short(reason: string): string {
  const line = reason.replace(/\s+/g, " ").trim();
  return line.length <= LONGEST_REASON ? line : `${line.slice(0, LONGEST_REASON)}…`;
}
