// The driving end of a trial: opens channels, marks, gathers the evidence, and makes an outcome of what was measured.

import type { Clock } from "../clock.ts";
import { FirstChannel } from "../peer/first_channel.ts";
import { withPatience } from "../peer/patience.ts";
import type { Tracer } from "../peer/tracer.ts";
import type { PeerLink, PeerSlot, ServeOrder, ServeReport } from "../peer/peer_link.ts";
import { PeerError } from "../peer/peer_link.ts";
import { ANYONE, openOptions } from "../peer/serve_half.ts";
import { readResidentBytes } from "../kernel/limits.ts";
import type { Case } from "../model/case.ts";
import type { Replay } from "../model/replay.ts";
import type { Trial, TrialError } from "../model/trial.ts";
import type { Channel, DatagramChannel, MaybePromise } from "../transport/channel.ts";
import { formatForeign, sumOfForeign } from "../transport/foreign_messages.ts";
import type { Transport } from "../transport/transport.ts";
import { UnfinishedWork } from "../workload/unfinished_work.ts";
import type { DriveContext, DriveResult, Workload } from "../workload/workload.ts";
import { nameShortage } from "./limits.ts";
import {
  bothDirections,
  boundWindow,
  findFailedOperations,
  mergeTallies,
  mergeValues,
  readBack,
} from "./both_ends.ts";
import { CallCount } from "./tracing.ts";
import { EvidenceReader } from "./trial_evidence.ts";

export interface TrialSetup {
  readonly case: Case;
  readonly transport: Transport;
  readonly workload: Workload;
  readonly link: PeerLink;
  readonly clock: Clock;
  readonly directory: string;
  /** Counts the system calls of the trial, which is then not timed; absent: they are not counted. */
  readonly tracer?: Tracer;
  /** Ends the trial early, as an error of kind `aborted`. */
  readonly signal?: AbortSignal;
  /** What is sent, where the case replays a file. */
  readonly replay?: Replay;
  /** Seed of what the trial draws at random, both ends alike, as parameter `seed`; absent: each workload's own. */
  readonly seed?: number;
}

/** What a trial found; the runner adds round, order and start. */
export type TrialOutcome = Omit<Trial, "round" | "order" | "startedNs">;

/** The kind of a failure: nothing came for too long. */
export const TIMEOUT = "timeout";

export class TrialFailure extends Error {
  constructor(readonly kind: string, message: string) {
    super(message);
  }
}

/** The driving end of one trial: what the workload sees, and what it leaves behind. */
export class DrivingEnd implements DriveContext {
  readonly #setup: TrialSetup;
  readonly #channels: Channel[] = [];
  readonly #datagrams: DatagramChannel[] = [];
  readonly clock: Clock;
  readonly params: DriveContext["params"];
  readonly budget: DriveContext["budget"];
  readonly replay: DriveContext["replay"];
  readonly #order: ServeOrder;
  #slot: PeerSlot | undefined;
  #opened = 0;
  readonly #first = new FirstChannel();
  readonly #evidence: EvidenceReader;
  readonly #calls: CallCount | undefined;
  #isFirst = true;
  #begun = false;
  #ended = false;

  constructor(setup: TrialSetup) {
    this.#setup = setup;
    this.clock = setup.clock;
    const { fixed, params } = setup.case;
    this.params = { ...(setup.seed !== undefined && { seed: setup.seed }), ...fixed, ...params };
    this.budget = setup.case.budget;
    this.replay = setup.replay;
    this.#evidence = new EvidenceReader(this.#first, () => this.#served.mark());
    this.#calls = setup.tracer && new CallCount(setup.tracer);
    const core = setup.case.placement.cores?.serve;
    this.#order = {
      transport: setup.case.transport,
      workload: setup.workload.name,
      params: this.params,
      budget: this.budget,
      directory: setup.directory,
      ...(core !== undefined && { core }),
    };
  }

  // Not async: a blocking driver has the channel when the call returns, and `connect` measures from call to return.
  readonly open = (): MaybePromise<Channel> => {
    const { transport } = this.#setup;
    const options = openOptions(this.#order);
    const { endpoint } = this.#served;
    this.#opened++;
    const opened = transport.mode === "stream"
      ? transport.connect(endpoint, options)
      : transport.bind({ ...options, remote: endpoint });
    return opened instanceof Promise
      ? opened.then((channel: Channel) => this.#own(channel))
      : this.#own(opened);
  };

  #own(channel: Channel): Channel {
    if (this.#ended) {
      channel.close();
      throw new Error("the trial has ended");
    }
    this.#channels.push(channel);
    if (channel.mode === "datagram") this.#datagrams.push(channel);
    if (this.#isFirst) {
      this.#isFirst = false;
      this.#first.take(channel);
      if (channel.mode === "stream") this.#served.admit(channel.ends?.()?.local ?? ANYONE);
    }
    return channel;
  }

  residentBytes(): number | undefined {
    return readResidentBytes();
  }

  async settle(connections: number): Promise<number> {
    const calledNs = this.clock.nowNs();
    const servedNs = await this.#served.settle(connections);
    const nowNs = this.clock.nowNs();
    const sharedNs = this.clock.sharedNs?.();
    if (servedNs === null || sharedNs === undefined) return nowNs;
    // What was over before this end asked took no longer than that; a clock that was set meanwhile takes nothing away.
    return Math.min(nowNs, Math.max(calledNs, nowNs - (sharedNs - servedNs)));
  }

  hasMeasured(): Promise<boolean> {
    return this.#served.hasMeasured();
  }

  // The tracer within the evidence: what it costs is not counted among the thread's calls, nor are the calls that read the evidence.
  readonly begin = async (): Promise<void> => {
    await this.#evidence.begin();
    await this.#calls?.begin();
    this.#begun = true;
  };

  readonly end = async (): Promise<void> => {
    await this.#calls?.end();
    await this.#evidence.end();
  };

  get hasBegun(): boolean {
    return this.#begun;
  }

  async serve(): Promise<void> {
    this.#slot = await this.#setup.link.serve(this.#order);
  }

  get #served(): PeerSlot {
    if (this.#slot === undefined) throw new Error("the peer does not serve yet");
    return this.#slot;
  }

  /** Ends the serving end, after what the peer waits for. Throws TrialFailure when strangers took part: they were measured, too. */
  async finish(): Promise<ServeReport> {
    if (this.#setup.transport.mode === "stream") this.closeAll();
    const senders = this.#datagrams.map(({ endpoint }) => endpoint);
    const report = await this.#served.finish({ senders, opened: this.#opened });
    const own = [this.#served.endpoint];
    const foreign = sumOfForeign([
      ...this.#datagrams.map((channel) => channel.foreign?.(own)),
      report.foreign,
    ]);
    if (foreign !== undefined) throw new TrialFailure("foreign-datagrams", formatForeign(foreign));
    const { foreignConnections: others } = report;
    if (others !== undefined) {
      const what = others === 1 ? "1 connection was" : `${others} connections were`;
      throw new TrialFailure("foreign-connections", `${what} not opened by the trial itself`);
    }
    return report;
  }

  /** What a failed drive half failed of: often the peer, which then knows more than "the connection was closed". */
  async #causeOf(error: unknown): Promise<unknown> {
    if (error instanceof PeerError || this.#slot === undefined) return error;
    // A server that a stranger came to first may have kept the trial waiting.
    const mayBeStranger = error instanceof TrialFailure && error.kind === TIMEOUT;
    if (error instanceof TrialFailure && !mayBeStranger) return error;
    try {
      const asked = this.finish().then(() => error);
      return await withPatience(Promise.race([asked, this.#setup.link.died]), error);
    } catch (cause) {
      return error instanceof TrialFailure && !(cause instanceof TrialFailure) ? error : cause;
    }
  }

  closeAll(): void {
    this.#ended = true;
    for (const channel of this.#channels) channel.close();
    this.#channels.length = 0;
  }

  outcome(driven: DriveResult, served: ServeReport): TrialOutcome {
    const tally = mergeTallies(driven.tally, served.tally);
    const error = findFailedOperations(tally);
    const { window: down } = driven;
    const window = served.window ?? down;
    const both = served.window && down && bothDirections(served.window, down);
    return {
      case: this.#setup.case.id,
      elapsedNs: driven.elapsedNs,
      operations: driven.operations,
      histograms: sparse(driven.histograms),
      ...((driven.values ?? served.values ?? both ?? this.#calls) !== undefined && {
        values: {
          ...mergeValues(served.values, driven.values),
          ...both,
          ...(this.#calls && {
            systemCallsPerOperation: this.#calls.total / driven.operations,
          }),
        },
      }),
      ...(driven.series !== undefined && { series: driven.series }),
      ...(driven.evidenceOperations !== undefined && {
        evidenceOperations: driven.evidenceOperations,
      }),
      tally,
      ...(window !== undefined && { window: boundWindow(window, driven) }),
      ...(this.#calls === undefined ? this.#evidence.evidence : {
        // CPU time is left out: a traced thread spends more of it.
        counters: { ...this.#evidence.evidence.counters, ...this.#calls.counters },
      }),
      peer: this.#setup.link.label,
      settings: { ...readBack(this.#first.settings, served.settings), ...this.#evidence.cores },
      ...(error !== undefined && { error }),
    };
  }

  /** What was completed before a failure is kept, and no figure is made of it; `completed` is asked once the channels are closed. */
  async failed(
    error: unknown,
    completed: () => Promise<Omit<DriveResult, "values"> | undefined>,
  ): Promise<TrialOutcome> {
    const { case: c, workload, link } = this.#setup;
    this.closeAll();
    await this.#calls?.abandon();
    const cause = explain(
      await this.#causeOf(error instanceof UnfinishedWork ? error.cause : error),
    );
    const trial = { case: c, workload, isOneProcess: link.kind !== "process" };
    const named = await nameShortage(cause, trial);
    const done = await completed();
    const { elapsedNs = 0, operations = 0, histograms = {}, tally = {} } = done ?? {};
    const lost = done?.inFlight === undefined ? "" : `; ${done.inFlight} requests were in flight`;
    // A peer that hangs is not waited for: whoever opened the link ends it.
    const aborted = this.#slot?.abort().catch(() => {});
    if (aborted !== undefined) await withPatience(aborted, undefined);
    return {
      case: c.id,
      elapsedNs,
      operations,
      histograms: sparse(histograms),
      tally,
      peer: link.label,
      settings: this.#first.settings,
      error: { ...named, message: `${named.message}${lost}` },
    };
  }
}

/** What of an error's message is kept, in characters: a user's workload may throw a file's contents. */
const MAX_MESSAGE = 2_000;

function explain(error: unknown): TrialError {
  if (!(error instanceof Error)) {
    return { kind: "error", message: String(error).slice(0, MAX_MESSAGE) };
  }
  const kind = (error as { kind?: unknown }).kind;
  return {
    kind: typeof kind === "string" ? kind : error.name,
    message: error.message.slice(0, MAX_MESSAGE).replace(/\s+/g, " "),
  };
}

function sparse(histograms: DriveResult["histograms"]): TrialOutcome["histograms"] {
  return Object.fromEntries(
    Object.entries(histograms).map(([name, histogram]) => [name, histogram.toSparse()]),
  );
}
