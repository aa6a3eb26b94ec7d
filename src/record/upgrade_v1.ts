// Records of schema 1 as records of this version: the same facts, in a list.

import type { Environment, EnvironmentFact, Fact } from "../model/environment.ts";
import type { Skip } from "../model/case.ts";
import { FACT_ROWS, makeFact } from "../model/fact_rows.ts";
import { type RunRecord, SCHEMA_MINOR, SCHEMA_VERSION } from "../model/run_record.ts";

/** An environment as schema 1 had it: a field for each fact, and two maps. */
export interface EnvironmentV1 {
  /** `deno`, `v8`, `typescript` versions, and `sockbench`'s own; of an A/B job its `subject` too. */
  readonly versions: Readonly<Record<string, string>>;
  readonly platform: string;
  readonly kernel: Fact;
  readonly cpu: Fact;
  readonly cores: number;
  readonly memoryBytes: Fact;
  readonly virtualization: Fact;
  readonly loadAverage: Fact;
  readonly sysctls: Readonly<Record<string, Fact>>;
  readonly missing: readonly Skip[];
}

/** A record as schema 1 had it. */
export interface RunRecordV1
  extends Omit<RunRecord, "schemaVersion" | "minor" | "runId" | "environment" | "origin"> {
  readonly schemaVersion: 1;
  readonly environment: EnvironmentV1;
}

/** The facts of an environment of schema 1 in the registry's order; what it does not have comes last. */
export function upgradeEnvironment(old: EnvironmentV1): Environment {
  const { versions, sysctls, missing } = old;
  const values = new Map<string, Fact>([
    ["platform", old.platform],
    ["kernel", old.kernel],
    ["cpu", old.cpu],
    ["cores", old.cores],
    ["memory", old.memoryBytes],
    ["virtualization", old.virtualization],
    ["load", old.loadAverage],
    ...Object.entries(versions),
    ...Object.entries(sysctls),
  ]);
  const known = [...FACT_ROWS.keys()].filter((id) => values.has(id));
  const others = [...values.keys()].filter((id) => !FACT_ROWS.has(id)).sort();
  const facts = [...known, ...others].map((id): EnvironmentFact => {
    const fact = makeFact(id, values.get(id)!);
    // Of versions that nobody knows nothing is known either.
    return !FACT_ROWS.has(id) && Object.hasOwn(versions, id) ? { ...fact, compare: "info" } : fact;
  });
  return { facts, missing };
}

/** A record of schema 1 as one of this version. Returns the same, which says where it came from. */
export function upgradeRecord(old: RunRecordV1): RunRecord {
  const { schemaVersion, environment, ...rest } = old;
  return {
    ...rest,
    schemaVersion: SCHEMA_VERSION,
    minor: SCHEMA_MINOR,
    origin: { tool: "sockbench", schemaVersion },
    environment: upgradeEnvironment(environment),
  };
}
