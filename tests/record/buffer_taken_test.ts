import { assertEquals } from "@std/assert";
import { metricValue } from "../../src/model/metric_value.ts";
import type { Trial } from "../../src/model/trial.ts";

const trialWith = (settings: Trial["settings"]): Trial => ({
  case: "socket-buffer/tcp",
  round: 1,
  order: 0,
  startedNs: 0,
  elapsedNs: 1,
  operations: 1,
  histograms: {},
  tally: {},
  peer: "loop",
  settings,
});

Deno.test("metricValue() takes the send buffer of the driver and the receive buffer of the peer", () => {
  const trial = trialWith({
    sendBuffer: "8192 B",
    receiveBuffer: "131072 B",
    "serve.sendBuffer": "1 B",
    "serve.receiveBuffer": "16384 B",
  });
  assertEquals(metricValue(trial, "sendBufferTaken"), 8_192);
  assertEquals(metricValue(trial, "receiveBufferTaken"), 16_384);
  const alike = trialWith({ receiveBuffer: "131072 B" });
  assertEquals(metricValue(alike, "receiveBufferTaken"), 131_072);
});

Deno.test("metricValue() has no buffer where none was read back", () => {
  for (const settings of [{}, { sendBuffer: "4 MiB" }, { sendBuffer: "on (not read back)" }]) {
    assertEquals(metricValue(trialWith(settings), "sendBufferTaken"), undefined);
  }
});
