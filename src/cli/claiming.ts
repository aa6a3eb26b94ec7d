// What `claims` needs of the engine, loaded when it is called.

export { CLAIM_VERDICTS } from "../claim/claim.ts";
export { countVerdict, shortenAnswer } from "../claim/format_figure.ts";
export { mergeRuns } from "../claim/merge_runs.ts";
export { planClaims } from "../claim/plan_claims.ts";
export { claims as allClaims } from "../claim/registry.ts";
export { renderClaimsJson } from "../claim/render_claims_json.ts";
export { renderClaimsMarkdown } from "../claim/render_claims_markdown.ts";
export { runClaims } from "../claim/run_claims.ts";
export { openKernel } from "../kernel/libc.ts";
export { matchesGlob } from "../plan/glob.ts";
export { encodeRecord } from "../record/codec.ts";
