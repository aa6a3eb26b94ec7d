// Several runs of the claims as one result: a verdict that is not the same in all of them is none.

import { CLAIM_VERDICTS, type Decision } from "./claim.ts";
import type { ClaimsResult, DecidedClaim } from "./run_claims.ts";

export function mergeRuns(runs: readonly ClaimsResult[]): ClaimsResult {
  const last = runs.at(-1)!;
  if (runs.length === 1) return last;
  return {
    ...last,
    decided: last.decided.map((own) => {
      const decisions = runs.map(({ decided }) =>
        decided.find(({ claim }) => claim.id === own.claim.id)!.decision
      );
      return mergeOne(own, decisions);
    }),
  };
}

function mergeOne(own: DecidedClaim, decisions: readonly Decision[]): DecidedClaim {
  const counts = CLAIM_VERDICTS.flatMap((verdict) => {
    const count = decisions.filter((decision) => decision.verdict === verdict).length;
    return count === 0 ? [] : [`${count} × ${verdict}`];
  });
  const { seen } = own.decision;
  if (counts.length === 1) {
    const same = `The verdict was the same in ${decisions.length} of ${decisions.length} runs`;
    return { ...own, decision: { ...own.decision, seen: [...seen, same] } };
  }
  return {
    ...own,
    decision: {
      ...own.decision,
      verdict: "undecided",
      answer: `${decisions.length} runs differ: ${counts.join(", ")}`,
      seen: [
        ...decisions.map(({ verdict, answer }, run) => `Run ${run + 1}: ${verdict}: ${answer}`),
        ...seen,
      ],
    },
  };
}
