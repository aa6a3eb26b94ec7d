/**
 * The built-in scenarios, in the order of reports. A new one is a file and a line here.
 *
 * @module
 */

import { bufferSize } from "./buffer_size.ts";
import { connect } from "./connect.ts";
import { connectRoundTrip } from "./connect_round_trip.ts";
import { nagle } from "./nagle.ts";
import { roundTrip } from "./round_trip.ts";
import type { Scenario } from "./scenario.ts";
import { throughput } from "./throughput.ts";

/** Every scenario that ships with sockbench. */
export const scenarios: readonly Scenario[] = [
  roundTrip,
  throughput,
  connect,
  connectRoundTrip,
  nagle,
  bufferSize,
];
