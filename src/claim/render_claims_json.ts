// The report on claims as JSON: verdicts, what they rest on, and the facts of the experiments.

import type { ClaimsResult } from "./run_claims.ts";

export const CLAIMS_VERSION = 1;

export function renderClaimsJson({ decided, record }: ClaimsResult): string {
  const { startedAt, durationNs, partial, environment, settings } = record;
  const document = {
    format: "sockbench-claims",
    version: CLAIMS_VERSION,
    startedAt,
    durationNs,
    partial,
    environment,
    settings,
    claims: decided.map(({ claim, decision, facts }) => ({
      id: claim.id,
      number: claim.number,
      group: claim.group,
      sentence: claim.sentence,
      source: claim.source,
      method: claim.method,
      rule: claim.rule,
      control: claim.control,
      ...decision,
      ...(facts !== undefined && { facts }),
      meaning: claim.meaning,
      code: claim.code,
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
