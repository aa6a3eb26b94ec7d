// The schema of what a record says of its cases: scenarios, metrics, cases and skips.

import { z } from "zod";
import { PEER_KINDS, type PeerKind, type Placement } from "../model/placement.ts";
import type { ParameterSpec } from "../model/scenario_spec.ts";
import { METRIC_UNITS, type MetricDirection, type MetricUnit } from "../units/metric.ts";
import { atLeastZero, finite, listOf, mapOf, object, oneOf, text, whole } from "./schema_terms.ts";

const METRIC_ID_RULE = "a metric id of camelCase letters and digits";
const numberOrText = z.union([finite, text], { error: "a finite number or a text" });

/** Parameters, which stand in grid order. */
export const params = mapOf(numberOrText);

export const skip = object({ what: text, reason: text });

const splitCell = object({ driver: text, params });
const splitPart = object({ title: text, of: splitCell, less: splitCell.exactOptional() });

const scenario = object({
  id: text,
  question: text,
  operation: text,
  parameters: listOf(object({
    name: text,
    kind: oneOf(["size", "count", "choice"] satisfies ParameterSpec["kind"][]),
    description: text,
    unit: text.exactOptional(),
    choices: listOf(text).exactOptional(),
    min: finite.exactOptional(),
    max: finite.exactOptional(),
  })),
  metrics: listOf(text),
  columns: listOf(text),
  contrasts: listOf(object({ factor: text, base: numberOrText, metric: text })),
  tables: listOf(text).exactOptional(),
  split: object({ metric: text, parts: listOf(splitPart) }).exactOptional(),
  search: listOf(text).exactOptional(),
  evidence: listOf(text).exactOptional(),
  notes: listOf(text),
});

const metricIn = (units: readonly MetricUnit[]) =>
  object({
    id: z.string({ error: METRIC_ID_RULE }).regex(/^[a-z][a-zA-Z0-9]*$/, { error: METRIC_ID_RULE }),
    unit: oneOf(units),
    better: oneOf(["lower", "higher", "neither"] satisfies MetricDirection[]),
    title: text,
    description: text,
  });

const caseIn = (peers: readonly PeerKind[]) =>
  object({
    id: text,
    scenario: text,
    transport: text,
    params,
    fixed: params,
    workload: text,
    budget: object({
      warmupNs: atLeastZero,
      settleNs: atLeastZero.exactOptional(),
      measureNs: atLeastZero,
      maxOperations: whole.exactOptional(),
      minOperations: whole.exactOptional(),
    }),
    expectedNs: atLeastZero,
    placement: object({
      peer: oneOf(peers),
      pin: oneOf(["none", "same", "cross"] satisfies Placement["pin"][]),
      cores: object({ drive: whole, serve: whole }).exactOptional(),
    }),
  });

/** The words that a version of the format has. */
type Words = Readonly<{ units: readonly MetricUnit[]; peers: readonly PeerKind[] }>;

export const WORDS: Words = { units: METRIC_UNITS, peers: PEER_KINDS };
/** Those of version 0.1, which had no others. */
export const WORDS_V1: Words = {
  units: ["ns", "bytes", "bytes/s", "1/s", "ratio", "count", "1/MiB", "ns/op", "ns/byte"],
  peers: ["loop", "worker", "process"],
};

/** What a record and a plan say of their cases, by field. */
export const caseFieldsIn = ({ units, peers }: Words) => ({
  scenarios: listOf(scenario),
  metrics: listOf(metricIn(units)),
  cases: listOf(caseIn(peers)),
  skipped: listOf(skip),
});
