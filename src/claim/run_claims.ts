// A claims run: measures the cells, makes the experiments, decides.

import type { RunRecord } from "../model/run_record.ts";
import type { RunEvent } from "../run/run_plan.ts";
import type { Session } from "../run/session.ts";
import type { Claim, ClaimEvidence, ClaimFacts, Decision, Lab } from "./claim.ts";
import { CannotTry, cannotTry } from "./claim.ts";
import { ClaimFigures } from "./claim_figures.ts";
import type { ClaimsPlan } from "./plan_claims.ts";

/** Catches stray errors from its making until it is disposed of. */
interface StrayErrors extends Disposable {
  readonly count: number;
  /** Rejects with the next stray error; one that nobody waits for is dropped. */
  next(): Promise<never>;
}

/** Begins to catch stray errors, before any other listener sees them. */
function catchStrays(): StrayErrors {
  let count = 0;
  let waiting: ((error: unknown) => void)[] = [];
  const take = (event: Event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const error = event instanceof ErrorEvent
      ? event.error
      : (event as PromiseRejectionEvent).reason;
    count++;
    for (const reject of waiting) reject(error);
    waiting = [];
  };
  const names = ["unhandledrejection", "error"];
  for (const name of names) addEventListener(name, take, { capture: true });
  return {
    get count() {
      return count;
    },
    next() {
      const { promise, reject } = Promise.withResolvers<never>();
      promise.catch(() => {});
      waiting.push(reject);
      return promise;
    },
    [Symbol.dispose]() {
      for (const name of names) removeEventListener(name, take, { capture: true });
    },
  };
}

/** A claim with its decision. `decision`: how it came out; `facts`: what its experiment found, where it made one. */
export type DecidedClaim = Readonly<{ claim: Claim; decision: Decision; facts?: ClaimFacts }>;

/** What a claims run found out. `decided`: in the order of their numbers; `record`: what was measured. */
export type ClaimsResult = Readonly<{ decided: readonly DecidedClaim[]; record: RunRecord }>;

/** What happens in a claims run, between trials and experiments, never inside one. */
export type ClaimsEvent = RunEvent | {
  readonly kind: "experiment";
  readonly claim: Claim;
  readonly index: number;
  readonly experiments: number;
};

export interface ClaimsOptions {
  readonly lab: Lab;
  readonly session: Pick<Session, "measure">;
  readonly command: string;
  onEvent?(event: ClaimsEvent): void;
}

/** An experiment that takes longer than this is given up, in milliseconds. */
const EXPERIMENT_LIMIT_MS = 30_000;

/** How long an experiment that was ended may take to remove what it made, in nanoseconds: links and namespaces outlive the process. */
const CLEAN_UP_NS = 2e9;

/** Decides claims. An experiment that fails fails alone; after `lab.signal` the rest is said to be interrupted. */
export async function runClaims(
  claims: readonly Claim[],
  { plan, ids, skips }: ClaimsPlan,
  options: ClaimsOptions,
): Promise<ClaimsResult> {
  const { lab, session, command, onEvent } = options;
  using strays = catchStrays();
  const evidence = await experimentWith(claims, options, strays);
  const record = await session.measure(plan, {
    command,
    signal: lab.signal,
    ...(onEvent !== undefined && { onEvent }),
  });
  const figures = new ClaimFigures(record, ids, skips);
  return {
    decided: claims.map((claim) => {
      const own = evidence.get(claim.id) ?? {};
      return {
        claim,
        decision: decideOne(claim, { figures, ...own }),
        ...(own.facts !== undefined && { facts: own.facts }),
      };
    }),
    record,
  };
}

type Own = Pick<ClaimEvidence, "facts" | "failure">;

async function experimentWith(
  claims: readonly Claim[],
  { lab, onEvent }: ClaimsOptions,
  strays: StrayErrors,
): Promise<ReadonlyMap<string, Own>> {
  const evidence = new Map<string, Own>();
  const experimenting = claims.filter(({ experiment }) => experiment !== undefined);
  let index = 0;
  const make = async (claim: Claim) => {
    if (!lab.signal.aborted) {
      onEvent?.({ kind: "experiment", claim, index: index++, experiments: experimenting.length });
    }
    evidence.set(claim.id, await experiment(claim, lab, strays));
  };
  for (const claim of experimenting.filter(({ waits }) => !waits)) await make(claim);
  const waiting = experimenting.filter(({ waits }) => waits);
  const before = strays.count;
  await Promise.all(waiting.map(make));
  // Whose it was nobody can tell where several ran: then each is made again by itself.
  if (strays.count > before && waiting.length > 1) {
    index = experimenting.length - waiting.length;
    for (const claim of waiting) await make(claim);
  }
  return evidence;
}

async function experiment(claim: Claim, lab: Lab, strays: StrayErrors): Promise<Own> {
  if (lab.signal.aborted) return { failure: "the run was interrupted" };
  const limit = AbortSignal.timeout(EXPERIMENT_LIMIT_MS);
  const failed = new AbortController();
  const signal = AbortSignal.any([lab.signal, limit, failed.signal]);
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => {});
  const onEnd = () =>
    ended.reject(
      new CannotTry(
        lab.signal.aborted
          ? "the run was interrupted"
          : `the experiment did not end within ${EXPERIMENT_LIMIT_MS / 1e3} s`,
      ),
    );
  signal.addEventListener("abort", onEnd);
  let running: Promise<ClaimFacts> | undefined;
  let isOver = false;
  try {
    running = claim.experiment!({ ...lab, signal }).finally(() => isOver = true);
    const facts = await Promise.race([running, ended.promise, strays.next()]);
    return { facts };
  } catch (error) {
    if (error instanceof CannotTry) return { failure: error.message };
    const detail = error instanceof Error ? error.message.replace(/\s+/g, " ") : String(error);
    return { failure: `the experiment failed: ${detail}` };
  } finally {
    signal.removeEventListener("abort", onEnd);
    if (running !== undefined && !isOver) {
      failed.abort();
      await cleanedUp(running, lab);
    }
  }
}

async function cleanedUp(running: Promise<unknown>, { clock }: Lab): Promise<void> {
  const patience = clock.sleepUntilNs(clock.nowNs() + CLEAN_UP_NS);
  await Promise.race([running.then(() => {}, () => {}), patience]);
}

/** A claim whose rule meets evidence that it did not expect is not decided; it never ends the others. */
function decideOne(claim: Claim, evidence: ClaimEvidence): Decision {
  if (claim.experiment !== undefined && evidence.facts === undefined && !claim.cases?.length) {
    return cannotTry(evidence.failure ?? "there are no facts");
  }
  try {
    return claim.decide(evidence);
  } catch (error) {
    return cannotTry((error as Error).message.replace(/\s+/g, " "));
  }
}
