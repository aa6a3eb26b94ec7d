import { assertEquals } from "@std/assert";
import type { Contrasted } from "../../src/compare/contrast.ts";
import type { Summary } from "../../src/compare/summarize.ts";
import { adviseOnTls, writeTlsCosts } from "../../src/report/build/tls_cost.ts";
import { METRIC_IDS, metricOf } from "../../src/units/metric.ts";

/** A cell of TLS against TCP, surely slower. */
function cell(scenario: string, metric: string, bytes?: number): Contrasted {
  const id = (transport: string) => `${scenario}/${transport}/${bytes ?? ""}`;
  return {
    scenario,
    factor: "transport",
    metric: metricOf(metric),
    case: id("tls"),
    base: id("tcp"),
    value: "tls",
    baseValue: "tcp",
    shared: bytes === undefined ? {} : { bytes },
    placement: { peer: "process", pin: "none" },
    ratio: 0.5,
    low: 0.4,
    high: 0.6,
    confidence: 0.95,
    n: 12,
    difference: "worse",
    pValue: 0.001,
    adjustedP: 0.001,
    warnings: [],
  };
}

const MEDIANS: Readonly<Record<string, number>> = {
  "round-trip/tls/64": 24_000,
  "round-trip/tcp/64": 20_000,
  "round-trip/tls/1024": 30_000,
  "round-trip/tcp/1024": 21_000,
  "throughput/tls/65536": 1_048_576_000,
  "throughput/tcp/65536": 2_097_152_000,
  "connect/tls/": 1_000_000,
  "connect/tcp/": 40_000,
};
const summaryOf = (id: string) => ({ median: MEDIANS[id] }) as Summary;

/** The sentence in plain words: numbers as they are, in the metric's own unit. */
function plain(items: readonly Contrasted[]): readonly string[] {
  return writeTlsCosts(items, summaryOf).map(({ text }) =>
    text.map((part) =>
      part.kind === "amount" ? `${part.value} ${part.unit}` : (part as { text: string }).text
    ).join("")
  );
}

Deno.test("writeTlsCosts() adds up what TLS costs per exchange, per MiB and per connection", () => {
  assertEquals(METRIC_IDS.includes("handshakeP50"), true);
  assertEquals(
    plain([
      cell("round-trip", "p50", 1_024),
      cell("round-trip", "p50", 64),
      cell("throughput", "bytesPerSecond", 65_536),
      cell("connect", "connectP50"),
    ]),
    [
      "tls adds 4000 ns per exchange of 64 bytes, 500000 ns per MiB in writes of 65536 bytes and 960000 ns per connection over tcp",
    ],
  );
});

Deno.test("writeTlsCosts() says nothing of a single part, of what is not sure, or of cells with Nagle on", () => {
  const exchange = cell("round-trip", "p50", 64);
  assertEquals(plain([exchange]), []);
  assertEquals(plain([exchange, { ...cell("connect", "connectP50"), adjustedP: 0.4 }]), []);
  assertEquals(
    plain([exchange, { ...cell("connect", "connectP50"), shared: { nagle: "on" } }]),
    [],
  );
});

Deno.test("adviseOnTls() names the way out where TLS waits for what Nagle holds back, and nowhere else", () => {
  const [finding] = writeTlsCosts(
    [cell("round-trip", "p50", 64), cell("connect", "connectP50")],
    summaryOf,
  );
  const waits: Contrasted = {
    ...cell("tls", "p50", 64),
    factor: "nagle",
    value: "on",
    baseValue: "off",
    shared: { transport: "tls", bytes: 64 },
  };
  const remarks = (item: Contrasted) => adviseOnTls(finding!, [item]).remarks.join();
  assertEquals(remarks(waits).includes("`setNoDelay(true)`"), true);
  for (
    const other of [
      { ...waits, difference: "none found" as const },
      { ...waits, shared: { transport: "tcp", bytes: 64 } },
      { ...waits, scenario: "nagle" },
    ]
  ) assertEquals(adviseOnTls(finding!, [other]), finding);
});
