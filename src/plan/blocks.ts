// Blocks: what of a comparison set is measured at once, side by side.

import type { Case } from "../model/case.ts";
import { type Contrast, type ScenarioSpec, splitKey } from "../model/scenario_spec.ts";

/** A Block is measured in one go: its cases take turns, or, where they cannot, follow one another. */
export type Block = Readonly<{ cases: readonly Case[]; isSliced: boolean }>;

/** The spread of a ratio doubles from one slice apart to four: more cases than this do not take turns. */
export const MAX_BLOCK_CASES = 6;

/** Blocks of one placement each; of those too large several, with the case that the others are compared with in each. */
export function blocksOf(
  set: readonly Case[],
  scenarios: readonly ScenarioSpec[],
  canPause: (c: Case) => boolean,
): readonly Block[] {
  const groups = new Map<string, { isSliced: boolean; cases: Case[] }>();
  for (const c of set) {
    const isSliced = canPause(c);
    const key = JSON.stringify([isSliced, isSliced && c.placement]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { isSliced, cases: [c] });
    else group.cases.push(c);
  }
  return [...groups.values()].flatMap(({ isSliced, cases }) =>
    (isSliced ? split(cases, scenarios) : [cases]).map((cases) => ({ cases, isSliced }))
  );
}

function split(cases: readonly Case[], scenarios: readonly ScenarioSpec[]): readonly Case[][] {
  if (cases.length <= MAX_BLOCK_CASES) return [[...cases]];
  const contrasts = new Map(scenarios.map(({ id, contrasts }) => [id, contrasts]));
  const stars = new Map<Case | undefined, Case[]>();
  for (const c of cases) {
    const base = findBase(c, cases, contrasts.get(c.scenario) ?? []);
    stars.set(base, [...stars.get(base) ?? [], c]);
  }
  // A base that is compared with nothing itself needs no block of its own.
  const alone = (stars.get(undefined) ?? []).filter((c) => !stars.has(c));
  stars.delete(undefined);
  const blocks = [...stars].flatMap(([base, others]) =>
    chunks(others, MAX_BLOCK_CASES - 1).map((chunk) => [base!, ...chunk])
  );
  return [...blocks, ...chunks(alone, MAX_BLOCK_CASES)];
}

/** What a case is compared with first, among those of its set. */
function findBase(c: Case, cases: readonly Case[], contrasts: readonly Contrast[]) {
  for (const { factor, base } of contrasts) {
    const found = cases.find((one) =>
      one !== c &&
      (factor === "scenario"
        ? one.scenario === base && one.transport === c.transport
        : one.scenario === c.scenario && valueOf(one, factor) === String(base) &&
          differsOnlyIn(factor, one, c))
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function differsOnlyIn(factor: string, one: Case, other: Case): boolean {
  if (factor !== "transport" && one.transport !== other.transport) return false;
  return Object.keys({ ...one.params, ...other.params })
    .every((name) => name === factor || one.params[name] === other.params[name]);
}

function valueOf(c: Case, factor: string): string {
  return String(factor === "transport" ? c.transport : c.params[factor]);
}

/** Parts of about one size. */
function chunks(cases: readonly Case[], most: number): Case[][] {
  const count = Math.ceil(cases.length / most);
  return Array.from(
    { length: count },
    (_, index) =>
      cases.slice(
        Math.floor(index * cases.length / count),
        Math.floor((index + 1) * cases.length / count),
      ),
  );
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
