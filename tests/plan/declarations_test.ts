/** What every scenario declares, checked as data: nothing is measured, and nothing timed. */

import { assert, assertEquals } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { createSettings, type SettingsInput } from "../../src/plan/settings.ts";
import type { GridBlock, GridParameter, ProfileName, Scenario } from "../../src/model/scenario.ts";
import { type Availability, KERNEL_ROOM } from "../../src/transport/transport.ts";

const catalog = createCatalog();
const PROFILE_NAMES: readonly ProfileName[] = ["quick", "standard", "thorough"];

/** Everything is there, and threads can be pinned to two cores. */
const availability = new Map<string, Availability>([
  [KERNEL_ROOM, { available: true }],
  ...[...catalog.transports].map(([id, { mode }]): [string, Availability] => [
    id,
    mode === "stream" ? { available: true } : { available: true, largestMessageBytes: 65_507 },
  ]),
]);

function planOf(input: SettingsInput): Plan {
  const settings = createSettings({ seed: 1, ...input }, catalog);
  return planCases(settings, catalog, availability, { available: true, cores: [0, 1] });
}

function blocksOf({ grid }: Scenario): readonly GridBlock[] {
  return PROFILE_NAMES.flatMap((profile) => grid[profile]);
}

/** The base of a contrast where it is a count that may be asked for. */
function countsOf(asked: GridParameter | undefined, base: number | string): readonly number[] {
  if (asked?.kind !== "count" || typeof base !== "number") return [];
  return base >= (asked.min ?? 1) && base <= (asked.max ?? Infinity) ? [base] : [];
}

for (const scenario of catalog.scenarios.values()) {
  const { id } = scenario;
  const names = scenario.parameters.map(({ name }) => name);

  Deno.test(`${id} reads as a question, with notes in sentences and parameters in a few words`, () => {
    assert(/^[A-Z].*\?$/.test(scenario.question), scenario.question);
    assert(/^[a-z]+$/.test(scenario.operation), scenario.operation);
    assert(scenario.notes.length > 0);
    const partial = scenario.partialNotes ?? [];
    for (const note of [...scenario.notes, ...partial.map(({ text }) => text)]) {
      assert(/\.$/.test(note), `a note ends with a full stop: ${note}`);
      assert(!/\s{2}|^\s|undefined|NaN/.test(note), note);
    }
    for (const { name, description, kind, choices } of scenario.parameters) {
      assert(/^[a-z][a-zA-Z]*$/.test(name), name);
      assert(/^\S.*[^.\s]$/.test(description), `few words, no full stop: ${description}`);
      assertEquals(kind === "choice", choices !== undefined && choices.length > 1, name);
    }
  });

  Deno.test(`${id} names only metrics, factors and parameters that there are`, () => {
    for (const metric of [...scenario.metrics, ...scenario.tables ?? []]) {
      assert(catalog.metrics.has(metric), metric);
    }
    for (const metric of scenario.tables ?? []) assert(scenario.metrics.includes(metric), metric);
    assertEquals(new Set(scenario.metrics).size, scenario.metrics.length);
    assertEquals(new Set(names).size, names.length);
    for (const column of scenario.columns) assert(["transport", ...names].includes(column), column);
    for (const { factor, base, metric } of scenario.contrasts) {
      assert(scenario.metrics.includes(metric), metric);
      assert(["transport", "scenario", "pin", ...names].includes(factor), factor);
      // No grid lists an optional parameter: it is asked for by one of its choices, or by a count within its bounds.
      const asked = scenario.parameters.find(({ name, optional }) => optional && name === factor);
      const values = blocksOf(scenario).flatMap((block): readonly (number | string)[] =>
        factor === "transport"
          ? block.transports
          : block.params[factor] ?? asked?.choices ?? countsOf(asked, base)
      );
      if (names.includes(factor) || factor === "transport") {
        assert(values.includes(base), `${base}`);
      }
      if (factor === "scenario") assert(catalog.scenarios.has(String(base)), `${base}`);
    }
    for (const name of scenario.search ?? []) assert(names.includes(name), name);
  });

  Deno.test(`${id} lists only values in its grids that may be asked for`, () => {
    for (const { transports, params } of blocksOf(scenario)) {
      for (const transport of transports) assert(catalog.transports.has(transport), transport);
      for (const [name, values] of Object.entries(params)) {
        assertEquals(new Set(values).size, values.length, name);
        const settings = createSettings({ scenarios: [id], params: { [name]: values } }, catalog);
        assertEquals(settings.params[name], values);
      }
    }
  });

  Deno.test(`${id} plans in every profile when it is named, each case once and with an end in sight`, () => {
    for (const profile of PROFILE_NAMES) {
      const { cases, skipped, estimateNs } = planOf({ profile, scenarios: [id] });
      assertEquals(skipped, []);
      assert(cases.length > 0);
      assertEquals(new Set(cases.map((one) => one.id)).size, cases.length);
      assert(Number.isFinite(estimateNs) && estimateNs > 0);
      for (const { id: name, budget, expectedNs } of cases) {
        assert(Number.isFinite(expectedNs) && expectedNs > 0 && expectedNs < 60e9, name);
        const { warmupNs, measureNs, minOperations = 1, maxOperations = Infinity } = budget;
        assert(warmupNs >= 0 && measureNs >= 0 && warmupNs + measureNs < 10e9, name);
        assert(minOperations >= 1 && minOperations <= maxOperations, name);
      }
    }
  });

  Deno.test(`${id} is measured ${scenario.onDemand ? "only when it is named or globbed" : "by default where a profile has it, named and globbed"}`, () => {
    const isPlanned = (input: SettingsInput) =>
      planOf(input).cases.some((one) => one.scenario === id);
    for (const profile of PROFILE_NAMES) {
      const isUsual = scenario.grid[profile].some(({ onDemand }) => !onDemand);
      assertEquals(isPlanned({ profile }), scenario.onDemand !== true && isUsual);
      assert(isPlanned({ profile, scenarios: [id] }));
      assert(isPlanned({ profile, cases: [`${id}/*`] }));
      assert(!isPlanned({ profile, cases: ["no-such-scenario/*"] }));
    }
  });
}

/** Expected times of a scenario's cases over one transport, by the value of a parameter. */
function expectedBy(scenario: string, name: string, values: readonly number[]): readonly number[] {
  return values.map((value) => {
    const { cases } = planOf({ scenarios: [scenario], params: { [name]: [value] } });
    return Math.max(...cases.map(({ expectedNs }) => expectedNs));
  });
}

Deno.test("expected times grow with what a trial has to do", () => {
  const grow = [
    ["integrity", "mib", [1, 64, 4_096]],
    ["fan-in", "clients", [1, 100, 10_000]],
    ["iterative-server", "clients", [1, 10, 100]],
    ["backpressure", "pause", [20, 200, 10_000]],
    ["nagle", "gap", [0, 100_000, 1_000_000]],
  ] as const;
  for (const [scenario, name, values] of grow) {
    const expected = expectedBy(scenario, name, values);
    assertEquals(expected, [...expected].sort((a, b) => a - b), scenario);
    assert(expected[2]! > expected[0]!, scenario);
  }
});

Deno.test("expected times hold a known wait at least", () => {
  assert(expectedBy("backpressure", "pause", [10_000])[0]! >= 10e9);
  // A hundred clients, one after another, each for a second.
  const { cases } = planOf({
    scenarios: ["iterative-server"],
    params: { clients: [100], service: [1_000_000], server: ["iterative"] },
  });
  for (const { expectedNs } of cases) assert(expectedNs >= 2 * 100e9, `${expectedNs}`);
});

Deno.test("a plan carries the notes that say something of its cases, and no others", () => {
  const notesOf = (cases: string[]) => planOf({ cases, profile: "standard" }).scenarios[0]!.notes;
  const tcp = notesOf(["nagle/tcp/*pattern=write-read*"]);
  assert(tcp.some((note) => note.startsWith("write-read: ")));
  for (const words of ["joined-write-read", "Unix-domain", "`gap`"]) {
    assert(!tcp.some((note) => note.includes(words)), words);
  }
  assert(notesOf(["nagle/unix/*"]).some((note) => note.startsWith("Unix-domain sockets are")));
});
