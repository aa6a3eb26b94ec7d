/**
 * Round trips by transport: a request and its reply over one kept connection or socket pair, both ends on one event loop.
 *
 * @module
 */

import { transportId } from "../src/transport/transport.ts";
import type { ServeContext } from "../src/workload/workload.ts";
import {
  answerDatagrams,
  answerStream,
  readRest,
  writeRest,
} from "../src/workload/exchange_loop.ts";
import { available, openDatagramPair, openStreamPair } from "./support/open_pair.ts";

/** Nothing that answers datagrams looks at but these; `finishing`, because a closed socket is the only end there is. */
const serving = { tally: {}, finishing: true } as ServeContext;

for (const bytes of [64, 16_384]) {
  for (const transport of available) {
    const request = new Uint8Array(bytes);
    const reply = new Uint8Array(bytes);
    const description = {
      name: transportId(transport),
      group: `round trip of ${bytes} B`,
      baseline: transportId(transport) === "tcp",
    };
    if (transport.mode === "stream") {
      const { near, far } = await openStreamPair(transport);
      // Ends, in error or not, when the file does.
      answerStream(far, bytes, new Uint8Array(bytes)).catch(() => {});
      Deno.bench({
        ...description,
        async fn() {
          await writeRest(near, request, await near.write(request));
          await readRest(near, reply, 0);
        },
      });
    } else {
      const { near, far } = await openDatagramPair(transport);
      answerDatagrams(far, serving, bytes);
      Deno.bench({
        ...description,
        async fn() {
          await near.send(request);
          await near.receive(reply);
        },
      });
    }
  }
}
