// What stands between a case of two records and all of its metrics: it is missing on a side, or the two are not the same.

import { type Case, caseId, type Skip } from "../model/case.ts";
import { PINNED_CASES } from "../plan/placement.ts";
import { judgedMetrics, type RecordSide } from "./record_side.ts";
import type { TrialValues } from "./trial_values.ts";
import { caseDifference } from "./case_difference.ts";
import { pinName } from "../model/placement.ts";

export function findCaseObstacle(
  one: Case,
  { base, head }: { readonly base: RecordSide; readonly head: RecordSide },
): { readonly kind: "missing" | "incomparable"; readonly reason: string } | undefined {
  const other = head.cases.get(one.id);
  if (other === undefined) {
    const why = findAbsence(one, head);
    const reason = `head does not have this case${why === undefined ? "" : `: ${clause(why)}`}`;
    return { kind: "missing", reason };
  }
  const headlines = [base, head].map(({ record }) => judgedMetrics(record, one)[0]?.id ?? "none");
  const difference = caseDifference(one, other) ??
    (headlines[0] === headlines[1]
      ? undefined
      : `headline of the case differs: ${headlines[0]} in base, ${headlines[1]} in head`);
  if (difference !== undefined) return { kind: "incomparable", reason: difference };
  if (head.values.succeeded(one.id).length === 0) {
    return { kind: "missing", reason: formatNoTrial("head", head.values.failed(one.id)) };
  }
  if (base.values.succeeded(one.id).length === 0) {
    return { kind: "incomparable", reason: formatNoTrial("base", base.values.failed(one.id)) };
  }
  // A case that was given up stopped working for good: what was measured before says nothing about that.
  const lost = findSkip(head, one.id);
  if (lost !== undefined) {
    return { kind: "missing", reason: `head did not keep up this case: ${clause(lost.reason)}` };
  }
  const gone = findSkip(base, one.id);
  return gone === undefined
    ? undefined
    : { kind: "incomparable", reason: `base did not keep up this case: ${clause(gone.reason)}` };
}

/** Why a side may lack a case: what it says itself, or that it ran the case under another placement, with which nothing is compared. */
function findAbsence(one: Case, side: RecordSide): string | undefined {
  const { pin } = one.placement;
  const names = [
    one.id,
    `transport ${one.transport}`,
    ...(pin === "none" ? [] : [PINNED_CASES, pinName(pin)]),
  ];
  const skip = names.map((name) => findSkip(side, name)).find((found) => found !== undefined);
  if (skip !== undefined) return skip.reason;
  const same = ({ scenario, transport, params }: Case) => caseId(scenario, transport, params);
  const elsewhere = [...side.cases.values()].find((other) =>
    other.placement.pin !== pin && same(other) === same(one)
  );
  return elsewhere && `it has it with pin ${elsewhere.placement.pin} only, and not ${pin}`;
}

/** What a side says of something that it skipped; `undefined` where it did not. */
export function findSkip({ record }: RecordSide, what: string): Skip | undefined {
  return record.skipped.find((skip) => skip.what === what);
}

function clause(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

function formatNoTrial(side: string, failed: ReturnType<TrialValues["failed"]>): string {
  const error = failed[0]?.error;
  return error === undefined
    ? `${side} has no trial of this case`
    : `every trial of this case failed in ${side}, first with ${error.kind}: ${
      clause(error.message)
    }`;
}
