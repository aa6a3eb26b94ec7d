// For tests that look at every transport: the endpoint that serves QUIC is opened once and kept while somebody listens, which the leak sanitizer
// would hold against whichever test is the first to need it. A preload cannot wait for it: it is over only when nothing waits any more.

import { assertRejects } from "@std/assert";
import { quic } from "../../src/transport/quic.ts";

const OPTIONS = { directory: "" };

if ("QuicEndpoint" in Deno) await quic.listen(OPTIONS);

/** Waits until the serving end has heard that all connections before were closed: it hears in order, and of one more that it turns away. */
export async function untilAllAreClosed(): Promise<void> {
  const listener = await quic.listen(OPTIONS);
  listener.close();
  await assertRejects(
    async () => await quic.connect(listener.endpoint, OPTIONS),
    Error,
    "nobody listens",
  );
}
