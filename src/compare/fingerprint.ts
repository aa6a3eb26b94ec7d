/**
 * Fingerprints: whether two records come from machines that can be compared, and in what they differ.
 *
 * A stored baseline is worth something on the machine that measured it and on no other, so there every fact must be known
 * and equal. In an A/B job both sides ran interleaved on one machine: what is unknown is unknown of both, and the
 * versions are what is being compared.
 *
 * @module
 */

import { describe } from "../record/record_error.ts";
import type { Fact } from "../model/environment.ts";
import type { RunRecord } from "../model/run_record.ts";

/** The part of a record that is fingerprinted. */
export interface Fingerprinted {
  /** Machine and runtime. */
  readonly environment: RunRecord["environment"];
  /** Where the serve half ran. */
  readonly settings: Pick<RunRecord["settings"], "peer">;
}

/** What {@linkcode environmentDifferences} may be told. */
export interface FingerprintOptions {
  /**
   * Whether both records come from one interleaved job: then versions are no difference and the unknown no obstacle.
   *
   * @default {false}
   */
  readonly paired?: boolean;
}

/** One fact of both sides that is not known to be the same. */
interface Mismatch {
  readonly fact: string;
  readonly base: Fact;
  readonly head: Fact;
  /** Whether the fact must be known for records of two jobs to be compared. */
  readonly essential: boolean;
}

/** Versions that change figures; the TypeScript compiler is gone when a trial runs. */
const VERSIONS = ["deno", "v8", "sockbench"] as const;

/**
 * Names every difference between two environments that can move figures: CPU, cores, kernel, platform, virtualization,
 * kernel settings, placement of the peer, and versions unless the records are paired.
 *
 * @param base The record compared against.
 * @param head The record in question.
 * @param options Whether the two were measured in one job.
 * @returns One sentence a difference, without full stop; a fact known on one side only counts, one that neither side
 * knows does where it is essential (CPU, cores, kernel, platform, versions). Empty: none.
 */
export function environmentDifferences(
  base: Fingerprinted,
  head: Fingerprinted,
  options: FingerprintOptions = {},
): readonly string[] {
  return mismatches(base, head, options).map(sayMismatch);
}

/**
 * The differences that forbid a verdict.
 *
 * @param base The record compared against.
 * @param head The record in question.
 * @param options Whether the two were measured in one job.
 * @returns The sentences of {@linkcode environmentDifferences} that are obstacles; empty: the two can be compared.
 */
export function environmentObstacles(
  base: Fingerprinted,
  head: Fingerprinted,
  options: FingerprintOptions = {},
): readonly string[] {
  const { paired = false } = options;
  return mismatches(base, head, options).filter((mismatch) => {
    const known = isKnown(mismatch.base) && isKnown(mismatch.head);
    // A fact that one record lacks and the other has was there to be read: without it nothing shows that the two match.
    return known || !paired;
  }).map(sayMismatch);
}

/**
 * Whether figures of two records may be judged against each other.
 *
 * @param base The record compared against.
 * @param head The record in question.
 * @param options Whether the two were measured in one job.
 * @returns `true` when {@linkcode environmentObstacles} finds none.
 */
export function comparable(
  base: Fingerprinted,
  head: Fingerprinted,
  options: FingerprintOptions = {},
): boolean {
  return environmentObstacles(base, head, options).length === 0;
}

function mismatches(
  base: Fingerprinted,
  head: Fingerprinted,
  { paired = false }: FingerprintOptions,
): readonly Mismatch[] {
  const one = base.environment;
  const other = head.environment;
  const sysctls = [...new Set([...Object.keys(one.sysctls), ...Object.keys(other.sysctls)])].sort();
  const facts: Mismatch[] = [
    { fact: "platform", base: one.platform, head: other.platform, essential: true },
    { fact: "cpu", base: one.cpu, head: other.cpu, essential: true },
    { fact: "number of cores", base: one.cores, head: other.cores, essential: true },
    { fact: "kernel", base: one.kernel, head: other.kernel, essential: true },
    {
      fact: "virtualization",
      base: one.virtualization,
      head: other.virtualization,
      essential: false,
    },
    {
      fact: "placement of the peer",
      base: base.settings.peer,
      head: head.settings.peer,
      essential: true,
    },
    ...(paired ? [] : VERSIONS).map((name) => ({
      fact: `version of ${name}`,
      base: ownFact(one.versions, name),
      head: ownFact(other.versions, name),
      essential: true,
    })),
    ...sysctls.map((name) => ({
      fact: `kernel setting ${name}`,
      base: ownFact(one.sysctls, name),
      head: ownFact(other.sysctls, name),
      essential: false,
    })),
  ];
  return facts.filter(({ base, head, essential }) =>
    isKnown(base) && isKnown(head) ? base !== head : essential || isKnown(base) !== isKnown(head)
  );
}

function sayMismatch({ fact, base, head }: Mismatch): string {
  if (isKnown(base) && isKnown(head)) {
    return `${fact} differs: ${describe(base)} in base, ${describe(head)} in head`;
  }
  const where = isKnown(base) ? "head" : isKnown(head) ? "base" : "both records";
  return `${fact} is unknown in ${where}, so that it cannot be shown to match`;
}

function ownFact(facts: Readonly<Record<string, Fact>>, name: string): Fact {
  return Object.hasOwn(facts, name) ? facts[name] ?? null : null;
}

/** An empty text is what some systems answer instead of an error. */
function isKnown(fact: Fact): fact is string | number | boolean {
  return fact !== null && fact !== "";
}
