// The built-in workloads. A new one is a file and a line here.

import { backpressure } from "./backpressure.ts";
import { bulk } from "./bulk.ts";
import { burst } from "./burst.ts";
import { checkedBulk } from "./checked_bulk.ts";
import { clients } from "./clients.ts";
import { closing } from "./closing.ts";
import { connect } from "./connect.ts";
import { connectPing } from "./connect_ping.ts";
import { exchangeLoops } from "./exchange_loops.ts";
import { fillQueue } from "./fill_queue.ts";
import { flow } from "./flow.ts";
import { largestDatagram } from "./largest_datagram.ts";
import { latencyUnderBulk } from "./latency_under_bulk.ts";
import { load } from "./load.ts";
import { pingPong } from "./ping_pong.ts";
import { promise } from "./promise.ts";
import { request } from "./request.ts";
import { socketBuffer } from "./socket_buffer.ts";
import { splitRequest } from "./split_request.ts";
import type { Workload } from "./workload.ts";
import { writeReturn } from "./write_return.ts";

/** Every workload that ships with sockbench. */
export const workloads: readonly Workload[] = [
  pingPong,
  exchangeLoops,
  splitRequest,
  bulk,
  connect,
  connectPing,
  request,
  fillQueue,
  burst,
  backpressure,
  socketBuffer,
  writeReturn,
  closing,
  flow,
  checkedBulk,
  largestDatagram,
  clients,
  load,
  promise,
  latencyUnderBulk,
];
