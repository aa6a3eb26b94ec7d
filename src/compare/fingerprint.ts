// Fingerprints: whether two records come from machines that can be compared, and in what they differ.

import { describe } from "../record/record_error.ts";
import type { EnvironmentFact, Fact, FactComparison } from "../model/environment.ts";
import { FACT_ROWS } from "../model/fact_rows.ts";
import { OWN_TOOL, type RunRecord, SCHEMA_VERSION, toolOf } from "../model/run_record.ts";

export interface Fingerprinted extends Pick<RunRecord, "environment" | "origin"> {
  /** Machine and runtime of a serving end elsewhere. */
  readonly peerEnvironment?: RunRecord["environment"] | undefined;
  /** Where the serve half ran, and the command that measures it again. */
  readonly settings: Pick<RunRecord["settings"], "peer" | "command">;
}

export interface FingerprintOptions {
  /**
   * Whether both records come from one interleaved job: then versions are no difference and the unknown no obstacle.
   *
   * @default {false}
   */
  readonly paired?: boolean;
}

/** One fact of both sides that is not known to be the same. `essential`: must be known for records of two jobs. */
type Mismatch = Readonly<{ fact: string; base: Fact; head: Fact; essential: boolean }>;

/** What an A/B job compares, and therefore no difference between its sides. */
const SUBJECTS: ReadonlySet<string> = new Set(["deno", "v8", "sockbench"]);

/** Every difference of two environments that can move figures, a sentence each; versions are none where the records are paired. */
export function environmentDifferences(
  base: Fingerprinted,
  head: Fingerprinted,
  options: FingerprintOptions = {},
): readonly string[] {
  return [
    ...schemaDifference(base, head, options),
    ...mismatches(base, head, options).map(formatMismatch),
  ];
}

/** The differences that forbid a verdict, as sentences; empty: the two can be compared. */
export function environmentObstacles(
  base: Fingerprinted,
  head: Fingerprinted,
  options: FingerprintOptions = {},
): readonly string[] {
  const { paired = false } = options;
  const schema = schemaDifference(base, head, options);
  return schema.length > 0 ? schema : mismatches(base, head, options).filter((mismatch) => {
    const known = isKnown(mismatch.base) && isKnown(mismatch.head);
    // A fact that one record lacks and the other has was there to be read: without it nothing shows that the two match.
    return known || !paired;
  }).map(formatMismatch);
}

export function comparable(
  base: Fingerprinted,
  head: Fingerprinted,
  options: FingerprintOptions = {},
): boolean {
  return environmentObstacles(base, head, options).length === 0;
}

/** A record of schema 1 lacks facts that later ones compare, so that nothing shows that the two match. */
function schemaDifference(
  base: Fingerprinted,
  head: Fingerprinted,
  { paired = false }: FingerprintOptions,
): readonly string[] {
  const [one, other] = [base, head].map(({ origin }) => origin?.schemaVersion ?? SCHEMA_VERSION);
  if (paired || one === other) return [];
  const [side, old, { settings: { command } }] = one! < other!
    ? ["base", one, base] as const
    : ["head", other, head] as const;
  const again = command === "" ? "measure it again" : `measure it again with "${command}"`;
  return [
    `${side} is a record of schema ${old}, which lacks facts that are compared today: ${again}`,
  ];
}

function mismatches(
  base: Fingerprinted,
  head: Fingerprinted,
  { paired = false }: FingerprintOptions,
): readonly Mismatch[] {
  const ends = [
    ["", base.environment, head.environment],
    ["peer: ", base.peerEnvironment, head.peerEnvironment],
  ] as const;
  const tools = [toolOf(base), toolOf(head)] as const;
  // Another tool's file states what it states: what neither does is unknown of both.
  const isForeign = !tools.includes(OWN_TOOL);
  const facts = ends.flatMap(([end, ours, theirs]) => {
    // That neither was measured against another machine is no unknown.
    if (ours === undefined && theirs === undefined) return [];
    return pairFacts(ours?.facts ?? [], theirs?.facts ?? [], isForeign ? [] : REQUIRED)
      .filter(({ id, compare }) => compare !== "info" && !(paired && SUBJECTS.has(id)))
      .map(({ label, compare, base, head }): Mismatch => ({
        fact: `${end}${label}`,
        base,
        head,
        essential: compare === "must",
      }));
  });
  const always = [
    { fact: "program that measured", base: tools[0], head: tools[1], essential: true },
    {
      fact: "placement of the peer",
      base: base.settings.peer,
      head: head.settings.peer,
      essential: true,
    },
  ];
  return [...facts, ...always].filter(({ base, head, essential }) =>
    isKnown(base) && isKnown(head) ? base !== head : essential || isKnown(base) !== isKnown(head)
  );
}

/** What two records of this suite must know. */
const REQUIRED = [...FACT_ROWS].filter(([, { compare }]) => compare === "must").map(([id]) => id);

/** A fact of both sides. */
interface FactPair extends Omit<EnvironmentFact, "value" | "unit"> {
  readonly base: Fact;
  readonly head: Fact;
}

/** Every fact that either side has or must have; what it means is for the registry to say: a file could call its CPU a mere remark. */
function pairFacts(
  ours: readonly EnvironmentFact[],
  theirs: readonly EnvironmentFact[],
  required: readonly string[],
): readonly FactPair[] {
  const own = new Map(ours.map((fact) => [fact.id, fact]));
  const other = new Map(theirs.map((fact) => [fact.id, fact]));
  return [...new Set([...required, ...own.keys(), ...other.keys()])].map((id): FactPair => {
    const facts = [own.get(id), other.get(id)];
    const stated = facts.map((fact) => fact?.compare ?? "info");
    const row = FACT_ROWS.get(id);
    return {
      id,
      label: row?.label ?? facts[0]?.label ?? facts[1]?.label ?? id,
      compare: row?.compare ?? STRICTEST.find((one) => stated.includes(one)) ?? "info",
      base: facts[0]?.value ?? null,
      head: facts[1]?.value ?? null,
    };
  });
}

const STRICTEST: readonly FactComparison[] = ["must", "should", "info"];

function formatMismatch({ fact, base, head }: Mismatch): string {
  if (isKnown(base) && isKnown(head)) {
    return `${fact} differs: ${describe(base)} in base, ${describe(head)} in head`;
  }
  const where = isKnown(base) ? "head" : isKnown(head) ? "base" : "both records";
  return `${fact} is unknown in ${where}, so that it cannot be shown to match`;
}

/** An empty text is what some systems answer instead of an error. */
function isKnown(fact: Fact): fact is string | number | boolean {
  return fact !== null && fact !== "";
}
