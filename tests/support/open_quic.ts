// For tests that look at every transport: the endpoint that serves QUIC is opened once and kept while somebody listens, which the leak sanitizer
// would hold against whichever test is the first to need it. A preload cannot wait for it: it is over only when nothing waits any more.

import { quic } from "../../src/transport/quic.ts";

if ("QuicEndpoint" in Deno) await quic.listen({ directory: "" });
