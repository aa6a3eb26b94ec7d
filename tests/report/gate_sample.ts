import { alter } from "../support/environments.ts";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { confirm, flagged } from "../../src/gate/confirm.ts";
import { COMPARE_POLICY, createPolicy } from "../../src/gate/gate_policy.ts";
import { judge } from "../../src/gate/judge.ts";
import type { GateReport } from "../../src/report/build/judgement.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { type CaseValues, noisyPairs, syntheticRecord } from "../compare/synthetic_records.ts";

/** Cases by id and how much slower head is. */
const SLOWDOWNS: Readonly<Record<string, number>> = {
  "round-trip/tcp/bytes=64": 1.12,
  "round-trip/tcp/bytes=16384": 1.02,
  "round-trip/unix/bytes=64": 1,
  "round-trip/udp/bytes=64": 0.8,
  "round-trip/unixpacket/bytes=64": 1,
  "throughput/tcp/bytes=65536": 1.2,
};

function records(seed: string, rename: (id: string) => string = (id) => id) {
  const base: Record<string, CaseValues> = {};
  const head: Record<string, CaseValues> = {};
  for (const [id, slowdown] of Object.entries(SLOWDOWNS)) {
    const noise = { speedChanges: id.includes("unixpacket") ? 0.9 : 0.1, within: 0.015 };
    const values = noisyPairs(createPrng(seed).split(id), 20, slowdown, noise);
    if (id.startsWith("throughput")) {
      base[rename(id)] = { bytesPerSecond: values.base.map((ns) => 1e13 / ns) };
      head[rename(id)] = { bytesPerSecond: values.head.map((ns) => 1e13 / ns) };
    } else {
      base[rename(id)] = { p50: values.base, p99: values.base.map((ns) => 3 * ns) };
      head[rename(id)] = { p50: values.head, p99: values.head.map((ns) => 3 * ns) };
    }
  }
  base[rename("round-trip/tcp6/bytes=64")] = { p50: [10e3, 11e3] };
  head[rename("round-trip/unix/bytes=1024")] = { p50: [12e3, 11e3, 13e3, 12e3, 12e3, 11e3] };
  return [syntheticRecord(base), syntheticRecord(head)] as const;
}

const POLICY = createPolicy({
  metrics: ["headline"],
  limits: [{ case: "round-trip/tcp/bytes=16384", metric: "p99", max: "25 µs" }],
  ignore: [{ case: "*udp*", reason: "Loses packets on this runner, see issue 12." }],
});

/** A gate that met every verdict, with one regression confirmed on fresh pairs. */
export function sampleGate(rename?: (id: string) => string): GateReport {
  const compare = (seed: string) => compareRecords(...records(seed, rename), { paired: true });
  const first = judge(compare("first"), POLICY);
  if (flagged(first).length === 0) throw new Error("the sample must flag a cell");
  const result = confirm(first, compare("fresh"), POLICY);
  return { result, base: "git:main", head: "git:feature/faster" };
}

/** All comparisons of two records of different machines. */
export function sampleComparison(): GateReport {
  const [base, head] = records("first");
  const other = {
    ...head,
    environment: alter(head.environment, { kernel: "6.1.0", virtualization: null }),
  };
  const compared = compareRecords(base, other, { paired: false });
  return { result: judge(compared, COMPARE_POLICY), base: "base.json", head: "head.json" };
}

/** The same on one machine. */
export function samplePairedComparison(): GateReport {
  const compared = compareRecords(...records("first"), { paired: true });
  return { result: judge(compared, COMPARE_POLICY), base: "deno:2.8.3", head: "deno:2.9.6" };
}

/** A gate in which every cell is the same, green. */
export function greenGate(): GateReport {
  const [base] = records("first");
  const compared = compareRecords(base, base, { paired: true });
  const policy = createPolicy({
    metrics: ["headline"],
    ignore: [{ case: "*tcp6*", reason: "Two trials only." }],
  });
  return { result: judge(compared, policy), base: "self", head: "self" };
}
