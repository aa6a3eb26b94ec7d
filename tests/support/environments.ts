/**
 * Environments for tests, told by the fields that schema 1 had.
 *
 * @module
 */

import { type Environment, type Fact, factOf } from "../../src/model/environment.ts";
import { type EnvironmentV1, upgradeEnvironment } from "../../src/record/upgrade_v1.ts";

const VERSIONS: readonly string[] = ["deno", "sockbench", "typescript", "v8", "subject"];
const SCALARS = {
  platform: "platform",
  kernel: "kernel",
  cpu: "cpu",
  cores: "cores",
  memoryBytes: "memory",
  virtualization: "virtualization",
  loadAverage: "load",
} as const;

/** An environment as schema 1 had it. */
export function asV1(environment: Environment): EnvironmentV1 {
  const scalars = Object.fromEntries(
    Object.entries(SCALARS).map(([name, id]) => [name, factOf(environment, id)]),
  ) as unknown as Pick<EnvironmentV1, keyof typeof SCALARS>;
  const taken = new Set<string>(Object.values(SCALARS));
  const rest = environment.facts.filter(({ id }) => !taken.has(id));
  const valuesOf = (isVersion: boolean) =>
    Object.fromEntries(
      rest.filter(({ id }) => VERSIONS.includes(id) === isVersion).map(({ id, value }) => [
        id,
        value,
      ]),
    );
  return {
    ...scalars,
    versions: valuesOf(true) as Record<string, string>,
    sysctls: valuesOf(false) as Record<string, Fact>,
    missing: environment.missing,
  };
}

/** An environment of which some fields, in the words of schema 1, are others. */
export function alter(environment: Environment, changes: Partial<EnvironmentV1>): Environment {
  return upgradeEnvironment({ ...asV1(environment), ...changes });
}
