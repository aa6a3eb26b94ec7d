// Request: one exchange per connection, or all over one that is kept; the same request both ways.

import { COLD_CONNECTIONS } from "./connect.ts";
import { connectPing } from "./connect_ping.ts";
import { pingPong } from "./ping_pong.ts";
import type { Params } from "../model/params.ts";
import type { Workload } from "./workload.ts";

/** How long a connection lives. */
export const CONNECTIONS = ["fresh", "kept"] as const;

/** Parameters: `bytes`, `connection`: `fresh` for each request, or `kept`. */
export const request: Workload = {
  name: "request",
  modes: ["stream"],
  coldOperations: COLD_CONNECTIONS,
  drive: (context) => workloadOf(context.params).drive(context),
  serve: (context) => workloadOf(context.params).serve(context),
};

function workloadOf({ connection }: Params): Workload {
  return connection === "fresh" ? connectPing : pingPong;
}
