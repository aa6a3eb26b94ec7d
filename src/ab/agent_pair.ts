// The agents of all sides, which start together and end together.

import type { Case } from "../model/case.ts";
import type { PeerKind } from "../model/placement.ts";
import type { ReplayFile } from "./agent_protocol.ts";
import type { TrialOutcome } from "../run/run_trial.ts";
import { AgentError, type AgentLink, openAgent } from "./agent_link.ts";
import type { Side } from "./paired_trials.ts";
import type { OnMade, PreparedSubject } from "./prepare_subject.ts";
import type { Slowdown } from "./slowed_transport.ts";
import { watchWire, type Wire } from "../run/wires.ts";

/** What agents of a job are started with. */
export interface AgentPairOptions {
  /** The subjects. */
  readonly subjects: Readonly<Record<Side, PreparedSubject>>;
  /** Who serves within an agent. */
  readonly peer: PeerKind;
  /** Private directory for socket files; the caller owns and removes it. */
  readonly directory: string;
  /** A slowdown to inject into the head, the first of several: a job whose answer is known. */
  readonly slowdown?: Slowdown;
  /** What agents replay; absent: nothing. */
  readonly replay?: ReplayFile;
  /** Told how to end each agent at once, for whoever cannot wait for the pair under way. */
  readonly onMade?: OnMade;
}

/** One agent a side. */
export class AgentPair implements AsyncDisposable {
  readonly #agents: Readonly<Record<Side, AgentLink>>;

  private constructor(agents: Readonly<Record<Side, AgentLink>>) {
    this.#agents = agents;
  }

  /** Starts agents side by side, in the order given. Throws AgentError when one cannot start; the others are ended then. */
  static async open(sides: readonly Side[], options: AgentPairOptions): Promise<AgentPair> {
    const started = await Promise.allSettled(sides.map((side) => openOneAgent(side, options)));
    const failed = started.find(({ status }) => status === "rejected");
    const links = started.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
    if (failed !== undefined) {
      await Promise.all(links.map((link) => link[Symbol.asyncDispose]()));
      throw (failed as PromiseRejectedResult).reason;
    }
    const agents = Object.fromEntries(sides.map((side, index) => [side, links[index]!]));
    return new AgentPair(agents as Record<Side, AgentLink>);
  }

  /** The versions of a side's Deno and sockbench. */
  versions(side: Side): AgentLink["versions"] {
    return this.#agents[side]!.versions;
  }

  /** Measures one trial. Throws AgentError when the agent dies, hangs or violates the protocol: all must then be replaced. */
  trial(side: Side, c: Case, memory?: boolean): Promise<TrialOutcome> {
    return this.#agents[side]!.trial(c, memory);
  }

  /** What was in force on the sockets of a trial that is discarded; undefined where none were seen. Throws as {@linkcode trial} does. */
  wire(side: Side, c: Case): Promise<Wire | undefined> {
    const agent = this.#agents[side]!;
    return watchWire(agent.pid, c.transport, () => agent.trial(c));
  }

  /** Times the same bare loop in all, one after the other: nanoseconds a round trip of the sides that can. */
  async control(sides: readonly Side[]): Promise<Readonly<Partial<Record<Side, number>>>> {
    const found: Partial<Record<Side, number>> = {};
    for (const side of sides) {
      const ns = await this.#agents[side]!.control();
      if (ns !== undefined) found[side] = ns;
    }
    return found;
  }

  /** Ends all. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Object.values(this.#agents).map((agent) => agent[Symbol.asyncDispose]()));
  }
}

/** The agent of one side. */
export function openOneAgent(side: Side, options: AgentPairOptions): Promise<AgentLink> {
  const { subjects, peer, directory, slowdown, onMade, replay } = options;
  const subject = subjects[side]!;
  return openAgent(side, subject, {
    modules: subject.modules,
    peer,
    directory,
    // The base gets the same wrapper without the burning, so that the wrapper's own cost is on both sides.
    ...(slowdown !== undefined && {
      slowdown: side === "head" ? slowdown : { ...slowdown, share: 0 },
    }),
  }, { ...(onMade !== undefined && { onMade }), ...(replay !== undefined && { replay }) });
}

/** A trial whose agent was lost in it: the other cases go on, and failures are compared like any figure. */
export function lostTrial(c: Case, { message }: AgentError): TrialOutcome {
  return {
    case: c.id,
    peer: "lost",
    settings: {},
    elapsedNs: 0,
    operations: 0,
    histograms: {},
    tally: {},
    error: { kind: "agent-lost", message },
  };
}
