/**
 * Builders for cases, settings and catalogs of tests.
 *
 * @module
 */

import { type Catalog, createCatalog, type SockbenchModule } from "../../src/catalog.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import type { Case } from "../../src/model/case.ts";
import type { PeerKind } from "../../src/model/placement.ts";
import type { Settings } from "../../src/plan/settings.ts";
import type { Environment } from "../../src/model/environment.ts";
import { upgradeEnvironment } from "../../src/record/upgrade_v1.ts";
import type { Params } from "../../src/model/params.ts";

// A trial opens the libc table where it may, once per thread and for good: before the first test, which would count it as its own.
openKernel();

/** An environment without facts. */
export const NO_ENVIRONMENT: Environment = upgradeEnvironment({
  versions: {},
  platform: "test",
  kernel: null,
  cpu: null,
  cores: 1,
  memoryBytes: null,
  virtualization: null,
  loadAverage: null,
  sysctls: {},
  missing: [],
});

/** Settings of a short run; `changes` override. */
export function someSettings(changes: Partial<Settings> = {}): Settings {
  return {
    profile: "quick",
    scenarios: [],
    transports: [],
    cases: [],
    params: {},
    rounds: 1,
    peer: "loop",
    pins: [],
    cores: [],
    seed: 1,
    modules: [],
    budgetNs: 120e9,
    ...changes,
  };
}

/** A case whose trials end by count, so that tests do not depend on time. */
export function someCase(
  workload: string,
  transport: string,
  params: Params,
  { operations = 20, peer = "loop" as PeerKind } = {},
): Case {
  return {
    id: `test/${transport}`,
    scenario: "test",
    transport,
    params,
    fixed: {},
    workload,
    budget: { warmupNs: 0, measureNs: 60e9, maxOperations: operations },
    expectedNs: 1e9,
    placement: { peer, pin: "none" },
  };
}

/** The built-in catalog with a module's additions. */
export function catalogWith(module: SockbenchModule = {}): Catalog {
  return createCatalog([module]);
}
