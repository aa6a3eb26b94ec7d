import { assert, assertEquals } from "@std/assert";
import {
  comparable,
  environmentDifferences,
  environmentObstacles,
  type Fingerprinted,
} from "../../src/compare/fingerprint.ts";
import type { EnvironmentV1 } from "../../src/record/upgrade_v1.ts";
import { alter } from "../support/environments.ts";
import { syntheticRecord } from "./synthetic_records.ts";

function machine(fields: Partial<EnvironmentV1> = {}, peer: "loop" | "process" = "process") {
  const { environment, settings } = syntheticRecord({});
  return { environment: alter(environment, fields), settings: { ...settings, peer } };
}

Deno.test("environmentDifferences() finds none between a machine and itself", () => {
  assertEquals(environmentDifferences(machine(), machine()), []);
  assert(comparable(machine(), machine()));
  assert(comparable(machine({ loadAverage: 9, memoryBytes: null }), machine()));
});

Deno.test("environmentDifferences() names each fact that moves figures", () => {
  const others: readonly (readonly [Fingerprinted, string])[] = [
    [machine({ cpu: "Other CPU" }), 'CPU differs: "Some CPU @ 2 GHz" in base, "Other CPU" in head'],
    [machine({ cores: 4 }), "logical cores differs: 2 in base, 4 in head"],
    [machine({ kernel: "6.1" }), 'kernel differs: "6.18.44" in base, "6.1" in head'],
    [machine({ platform: "x" }), 'platform differs: "linux x86_64" in base, "x" in head'],
    [
      machine({ virtualization: "container" }),
      'virtualization differs: "virtual machine (KVM)" in base, "container" in head',
    ],
    [
      machine({ sysctls: { "net.core.rmem_max": 1 } }),
      "net.core.rmem_max differs: 212992 in base, 1 in head",
    ],
    [
      machine({ versions: { deno: "2.8.3", v8: "15.0", sockbench: "0.1.0" } }),
      'Deno differs: "2.9.6" in base, "2.8.3" in head',
    ],
    [machine({}, "loop"), 'placement of the peer differs: "process" in base, "loop" in head'],
  ];
  for (const [head, sentence] of others) {
    assertEquals(environmentDifferences(machine(), head), [sentence]);
    assertEquals(environmentObstacles(machine(), head), [sentence]);
    assert(!comparable(machine(), head));
  }
});

Deno.test("comparable() does not take two unknowns for a match where the fact is essential", () => {
  for (const fact of ["cpu", "kernel", "platform"] as const) {
    const unknown = machine({ [fact]: fact === "platform" ? "" : null });
    assert(!comparable(unknown, unknown), fact);
    assert(!comparable(machine(), unknown), fact);
    assertEquals(environmentDifferences(unknown, unknown), [
      `${
        fact === "cpu" ? "CPU" : fact
      } is unknown in both records, so that it cannot be shown to match`,
    ]);
  }
});

Deno.test("comparable() takes no fact that one side lacks for a match, unless both were measured in one job", () => {
  const silent = machine({ virtualization: null, sysctls: {} });
  assertEquals(environmentDifferences(machine(), silent), [
    "virtualization is unknown in head, so that it cannot be shown to match",
    "net.core.rmem_max is unknown in head, so that it cannot be shown to match",
  ]);
  assert(!comparable(machine(), silent));
  assert(comparable(machine(), silent, { paired: true }));
  assertEquals(environmentDifferences(silent, silent), []);
  // Versions were there to be read on either side.
  const unversioned = machine({ versions: {} });
  assertEquals(environmentObstacles(unversioned, unversioned).length, 3);
  assertEquals(environmentObstacles(machine(), unversioned).length, 3);
});

Deno.test("comparable() in one job leaves versions to be compared and unknowns aside, but not another CPU", () => {
  const paired = { paired: true };
  const release = machine({ versions: { deno: "2.8.3" }, cpu: null });
  assertEquals(environmentObstacles(machine(), release, paired), []);
  assertEquals(environmentDifferences(machine(), machine({ versions: {} }), paired), []);
  assert(!comparable(machine(), machine({ cpu: "Other CPU" }), paired));
});

Deno.test("environmentDifferences() keeps hostile facts on one line", () => {
  const hostile = machine({ cpu: "x\n::error::y", sysctls: { ["__proto__"]: "\u001b[2J" } });
  for (const sentence of environmentDifferences(machine(), hostile)) {
    // deno-lint-ignore no-control-regex
    assert(!/[\u0000-\u001f]/.test(sentence));
  }
});
