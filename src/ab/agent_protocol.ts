// What a driver and an agent say to each other. An agent is a process that measures whole trials for one subject.

import type { Case } from "../model/case.ts";
import type { PeerKind } from "../model/placement.ts";
import type { Plan } from "../plan/plan.ts";
import type { SettingsInput } from "../plan/settings.ts";
import type { TrialOutcome } from "../run/run_trial.ts";
import type { Slowdown } from "./slowed_transport.ts";

/** The protocol's version, cases and outcomes included: raise it whenever one changes its meaning, as a checkout brings its own agent. */
export const PROTOCOL = 1;

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

/** A file of `--replay`: its text, and what it is called. */
export type ReplayFile = Readonly<{ text: string; path: string }>;

/** What a subject can name. */
export interface AgentNames {
  /** Scenario ids, users' included. */
  readonly scenarios: readonly string[];
  /** Transport ids, users' included. */
  readonly transports: readonly string[];
  /** Those of users' modules alone. */
  readonly own: { readonly scenarios: readonly string[]; readonly transports: readonly string[] };
  /** Whether its TCP sockets may have the congestion control of `steady_transfers.ts`; absent: not known, or of an earlier sockbench. */
  readonly steady?: boolean;
}

/** What the driver asks, a line each. */
export type AgentRequest =
  | { readonly ask: "names" }
  /** Planned by the agent, as only the subject's own Deno, with the subject's own import map, is sure to load its modules. */
  | { readonly ask: "plan"; readonly input: SettingsInput }
  /** What plans and trials from now on replay; only of an agent that `replays`. Text, as an argument has no room for a million lines. */
  | { readonly ask: "replay"; readonly file: ReplayFile }
  /** With `memory` between two forced collections, for the growth of memory; an agent that knows nothing of it just measures. */
  | { readonly ask: "trial"; readonly case: Case; readonly memory?: boolean }
  /** Asks whether the agent's system calls can be counted in trials of a case, and has it allow the tracer; only of an agent that `counts`. */
  | { readonly ask: "trace"; readonly case: Case; readonly tracer: number }
  /** A trial between the marks of `markTrace`, of which nothing is timed. */
  | { readonly ask: "count"; readonly case: Case }
  /** A bare loop of system calls, in which the sides cannot differ. */
  | { readonly ask: "control" };

/** What an agent answers, a line each. `ready` comes once, unasked. */
export type AgentAnswer =
  | {
    readonly answer: "ready";
    /** {@linkcode PROTOCOL} of the agent. */
    readonly protocol: number;
    /** Of its runtime, as it says of itself (`deno`, `node` or `bun`), `v8` and `typescript` where there are any, and `sockbench`. */
    readonly versions: Readonly<Record<string, string>>;
    /** Whether it knows `trace` and `count`; absent: it is of an earlier sockbench. */
    readonly counts?: true;
    /** Whether it knows `replay`; absent: it is of an earlier sockbench. */
    readonly replays?: true;
  }
  | { readonly answer: "names"; readonly names: AgentNames }
  | { readonly answer: "replay" }
  | { readonly answer: "plan"; readonly plan: Plan }
  /** What was asked for cannot be planned: see SettingsError. */
  | {
    readonly answer: "refused";
    readonly message: string;
    readonly given?: string;
    readonly candidates?: readonly string[];
  }
  | { readonly answer: "trial"; readonly outcome: TrialOutcome }
  /** Why system calls cannot be counted; absent: they can. */
  | { readonly answer: "trace"; readonly reason?: string }
  /** Nanoseconds a round trip; absent: there is no FFI. */
  | { readonly answer: "control"; readonly ns?: number }
  | { readonly answer: "failed"; readonly message: string };
