/**
 * The built-in workloads. A new one is a file and a line here.
 *
 * @module
 */

import { bulk } from "./bulk.ts";
import { connect } from "./connect.ts";
import { connectPing } from "./connect_ping.ts";
import { pingPong } from "./ping_pong.ts";
import { splitRequest } from "./split_request.ts";
import type { Workload } from "./workload.ts";

/** Every workload that ships with sockbench. */
export const workloads: readonly Workload[] = [pingPong, splitRequest, bulk, connect, connectPing];
