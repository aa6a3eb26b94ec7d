// The built-in scenarios, in the order of reports. A new one is a file and a line here.

import { backlog } from "./backlog.ts";
import { backpressure } from "./backpressure.ts";
import { bufferSize } from "./buffer_size.ts";
import { close } from "./close.ts";
import { coalescing } from "./coalescing.ts";
import { concurrency } from "./concurrency.ts";
import { connect } from "./connect.ts";
import { connectPerRequest } from "./connect_per_request.ts";
import { connectRoundTrip } from "./connect_round_trip.ts";
import { datagramLoss } from "./datagram_loss.ts";
import { datagramLimit } from "./datagram_limit.ts";
import { fanIn } from "./fan_in.ts";
import { integrity } from "./integrity.ts";
import { iterativeServer } from "./iterative_server.ts";
import { latencyUnderBulk } from "./latency_under_bulk.ts";
import { load } from "./load.ts";
import { nagle } from "./nagle.ts";
import { overhead } from "./overhead.ts";
import { promise } from "./promise.ts";
import { roundTrip } from "./round_trip.ts";
import type { Scenario } from "../model/scenario.ts";
import { socketBuffer } from "./socket_buffer.ts";
import { tls } from "./tls.ts";
import { throughput } from "./throughput.ts";
import { writeReturn } from "./write_return.ts";

/** Every scenario that ships with sockbench. */
export const scenarios: readonly Scenario[] = [
  roundTrip,
  overhead,
  throughput,
  connect,
  connectRoundTrip,
  tls,
  nagle,
  bufferSize,
  socketBuffer,
  coalescing,
  backpressure,
  writeReturn,
  datagramLoss,
  datagramLimit,
  close,
  backlog,
  connectPerRequest,
  fanIn,
  iterativeServer,
  integrity,
  concurrency,
  load,
  promise,
  latencyUnderBulk,
];
