// The order of cases within a round.

import type { Case } from "../model/case.ts";
import { type Contrast, type ScenarioSpec, splitKey } from "../model/scenario_spec.ts";
import type { Prng } from "../stats/prng.ts";

/**
 * Shuffles the cases of a round so that those to be compared stay close in time.
 *
 * The machine's speed changes within a second: the log-ratio of two 20 ms slices spreads by 10 % when they are adjacent and by 23 % two
 * seconds apart. So sets of cases that a contrast compares are shuffled as sets, and then within each set.
 */
export function orderRound(
  cases: readonly Case[],
  scenarios: readonly ScenarioSpec[],
  prng: Prng,
): Case[] {
  const sets = prng.shuffle(comparedSets(cases, scenarios));
  return sets.flatMap((set) => prng.shuffle(set));
}

/** Groups cases that some contrast compares, directly or through others. Every case is in exactly one set. */
export function comparedSets(cases: readonly Case[], scenarios: readonly ScenarioSpec[]): Case[][] {
  const splitOf = new Map(scenarios.map((s) => [s.id, s.split]));
  const contrastsOf = new Map(scenarios.map((s) => [s.id, s.contrasts]));
  const parent = cases.map((_, index) => index);
  const root = (index: number): number => {
    while (parent[index] !== index) index = parent[index]!;
    return index;
  };
  const firstWithKey = new Map<string, number>();
  cases.forEach((c, index) => {
    for (const contrast of contrastsOf.get(c.scenario) ?? []) {
      const partners = contrast.factor === "scenario" ? [c.scenario, contrast.base] : [c.scenario];
      joinBy(keyWithout(c, contrast, partners.join("+")), index);
    }
    const split = splitOf.get(c.scenario);
    if (split !== undefined) {
      joinBy(JSON.stringify(["split", splitKey({ ...c, pin: c.placement.pin }, split)]), index);
    }
    // The other side of a contrast between scenarios does not know of it.
    for (const [id, contrasts] of contrastsOf) {
      for (const contrast of contrasts) {
        if (contrast.factor === "scenario" && contrast.base === c.scenario) {
          joinBy(keyWithout(c, contrast, [id, contrast.base].join("+")), index);
        }
      }
    }
  });

  function joinBy(key: string, index: number): void {
    const other = firstWithKey.get(key);
    if (other === undefined) firstWithKey.set(key, index);
    else parent[root(index)] = root(other);
  }

  const sets = new Map<number, Case[]>();
  cases.forEach((c, index) => {
    const at = root(index);
    const set = sets.get(at);
    if (set === undefined) sets.set(at, [c]);
    else set.push(c);
  });
  return [...sets.values()];
}

function keyWithout(c: Case, { factor }: Contrast, scenario: string): string {
  const params = Object.entries(c.params).filter(([name]) => name !== factor);
  const transport = factor === "transport" ? "*" : c.transport;
  const pin = factor === "pin" ? "*" : c.placement.pin;
  return JSON.stringify([factor, scenario, transport, pin, params]);
}
