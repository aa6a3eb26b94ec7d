// What TLS adds, in one sentence: per exchange, per MiB and per connection, over the same transport without it.

import type { Contrasted } from "../../compare/contrast.ts";
import { amount, type Inline, name, text } from "../document/inline.ts";
import type { SummaryOf } from "./evaluation.ts";
import { type Finding, reading } from "./phrases.ts";
import { toFinding } from "./sentences.ts";

const MIB = 1_048_576;

/** One part of the cost: the metric it is seen in, what it is counted per, and the time of one. `cell`: the one with the smallest messages, or the largest. */
interface Part {
  readonly metric: string;
  readonly scenarios: readonly string[];
  readonly per: string;
  readonly cell: 0 | -1;
  readonly toNs: (value: number) => number;
}

const same = (ns: number) => ns;
const PARTS: readonly Part[] = [
  { metric: "p50", scenarios: ["round-trip"], per: "exchange", cell: 0, toNs: same },
  {
    metric: "bytesPerSecond",
    scenarios: ["throughput"],
    per: "MiB in writes",
    cell: -1,
    toNs: (bytesPerSecond) => MIB / bytesPerSecond * 1e9,
  },
  { metric: "connectP50", scenarios: ["connect"], per: "connection", cell: 0, toNs: same },
  {
    metric: "p50",
    scenarios: ["tls"],
    per: "connection with its first exchange",
    cell: 0,
    toNs: same,
  },
];

/** One finding for each driver of TLS that was compared with TCP, or none. */
export function writeTlsCosts(
  items: readonly Contrasted[],
  summaryOf: SummaryOf,
): readonly Finding[] {
  const compared = items.filter((item) =>
    item.factor === "transport" && /^tls(@|$)/.test(String(item.value)) &&
    item.shared.nagle !== "on" && ["better", "worse"].includes(reading(item))
  );
  return [...new Set(compared.map(({ value }) => String(value)))].flatMap((transport) => {
    const own = compared.filter(({ value }) => value === transport);
    const costs = PARTS.flatMap((part) => costOf(part, own, summaryOf));
    // A single one is what the comparison itself says.
    if (costs.length < 2) return [];
    const phrases = costs.flatMap(({ item, part, ns }, index): Inline[] => [
      text(index === 0 ? " adds " : index === costs.length - 1 ? " and " : ", "),
      amount(ns, "ns"),
      text(` per ${part.per}`),
      ...(typeof item.shared.bytes === "number"
        ? [text(" of "), amount(item.shared.bytes, "bytes")]
        : []),
    ]);
    const used = costs.map(({ item }) => item) as [Contrasted, ...Contrasted[]];
    return [{
      ...toFinding(
        "difference",
        [name(transport), ...phrases, text(" over "), name(String(used[0].baseValue))],
        used,
        ["Medians, those of one side less those of the other"],
      ),
      scenario: undefined,
    }];
  });
}

const ADVICE =
  "Deno leaves Nagle on, and its first exchange over TLS then waits for two delayed acknowledgements: a client that calls `Deno.connect`, `setNoDelay(true)` and `Deno.startTls`, and a server by `node:tls` with `noDelay: true`, wait for none";

/** With the way out, where TLS was seen to wait for what Nagle holds back. */
export function adviseOnTls(finding: Finding, items: readonly Contrasted[]): Finding {
  const waits = items.some((item) =>
    item.scenario === "tls" && item.factor === "nagle" && item.difference === "worse" &&
    item.shared.transport === "tls"
  );
  return waits ? { ...finding, remarks: [...finding.remarks, ADVICE] } : finding;
}

/** The cost in the first cell of the part, where both medians are known and TLS costs more. */
function costOf(part: Part, items: readonly Contrasted[], summaryOf: SummaryOf) {
  const item = items.filter(({ scenario, metric }) =>
    part.scenarios.includes(scenario) && metric.id === part.metric
  ).sort((a, b) => Number(a.shared.bytes) - Number(b.shared.bytes)).at(part.cell);
  if (item === undefined) return [];
  const [own, base] = [item.case, item.base].map((id) => summaryOf(id, part.metric)?.median);
  if (own === undefined || base === undefined) return [];
  const ns = part.toNs(own) - part.toNs(base);
  return ns > 0 ? [{ part, item, ns }] : [];
}
