import { openDescriptors, untilClosed } from "./open_descriptors.ts";
import { untilAllAreClosed } from "./open_quic.ts";

/** Runs a test of a transport, and waits until its other ends have heard of what was closed, as over HTTP and QUIC: the leak sanitizer does not wait. */
export async function untilHeard(transport: string, test: () => Promise<void>): Promise<void> {
  const before = openDescriptors();
  await test();
  if (transport.startsWith("quic")) await untilAllAreClosed();
  await untilClosed(before);
}
