/**
 * What a driver and an agent say to each other. An agent is a process that measures whole trials for one subject.
 *
 * @module
 */

import type { Case, PeerKind } from "../plan/case.ts";
import type { TrialOutcome } from "../run/run_trial.ts";
import type { Slowdown } from "./slowed_transport.ts";

/** What an agent is started with, as its one argument. */
export interface AgentOrder {
  /** Users' modules, as absolute URLs. */
  readonly modules: readonly string[];
  /** Who serves within the agent. */
  readonly peer: PeerKind;
  /** The run's private directory for socket files. */
  readonly directory: string;
  /** A slowdown to inject; absent: none. */
  readonly slowdown?: Slowdown;
}

/** What the driver asks, a line each. */
export type AgentRequest = { readonly ask: "trial"; readonly case: Case };

/** What an agent answers, a line each. `ready` comes once, unasked. */
export type AgentAnswer =
  | { readonly answer: "ready"; readonly deno: string }
  | { readonly answer: "trial"; readonly outcome: TrialOutcome }
  | { readonly answer: "failed"; readonly message: string };
