// One trial: fresh sockets, warm-up, measured interval, watchdog.

import type { Clock } from "../clock.ts";
import { FirstChannel } from "../peer/first_channel.ts";
import { withPatience } from "../peer/patience.ts";
import { pinThread } from "../peer/pin_thread.ts";
import type { Tracer } from "../peer/tracer.ts";
import { PeerError, type PeerLink, type ServeReport } from "../peer/peer_link.ts";
import { openOptions } from "../peer/serve_half.ts";
import type { Case } from "../model/case.ts";
import type { Trial, TrialError } from "../model/trial.ts";
import type {
  Channel,
  DatagramChannel,
  Endpoint,
  ForeignMessages,
  MaybePromise,
} from "../transport/channel.ts";
import { formatForeign, sumOfForeign } from "../transport/foreign_messages.ts";
import type { Transport } from "../transport/transport.ts";
import { UnfinishedWork } from "../workload/unfinished_work.ts";
import type { DriveContext, DriveResult, Workload } from "../workload/workload.ts";
import { nameShortage } from "./limits.ts";
import { findFailedOperations, mergeTallies } from "./merge_tallies.ts";
import { boundWindow } from "./delivered_window.ts";
import { readBack } from "./read_back.ts";
import { CallCount } from "./tracing.ts";
import { EvidenceReader } from "./trial_evidence.ts";

/** A trial may take this many times its expected length, and {@link PATIENCE_NS} more, before the watchdog ends it. */
const PATIENCE_FACTOR = 5;
/** See {@link PATIENCE_FACTOR}; in nanoseconds. */
const PATIENCE_NS = 5e9;

/** What a trial needs. */
export interface TrialSetup {
  /** The case to measure. */
  readonly case: Case;
  /** Its transport. */
  readonly transport: Transport;
  /** Its workload. */
  readonly workload: Workload;
  /** The peer that serves. */
  readonly link: PeerLink;
  /** The driver's clock. */
  readonly clock: Clock;
  /** The run's private directory for socket files. */
  readonly directory: string;
  /** Counts the system calls of the trial, which is then not timed; absent: they are not counted. */
  readonly tracer?: Tracer;
  /** Ends the trial early, as an error of kind `aborted`. */
  readonly signal?: AbortSignal;
}

/** What a trial found; the runner adds round, order and start. */
export type TrialOutcome = Omit<Trial, "round" | "order" | "startedNs">;

/** Runs one trial, both ends pinned as its case says. Never throws: a failure is an outcome with an `error`. */
export async function runTrial(setup: TrialSetup): Promise<TrialOutcome> {
  const { link, workload, signal } = setup;
  const driver = new Driver(setup);
  const watchdog = startWatchdog(setup);
  const end = Promise.withResolvers<never>();
  const onAbort = () => end.reject(new TrialFailure("aborted", "the run was interrupted"));
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();
  const guard = <T>(work: Promise<T>): Promise<T> =>
    Promise.race([work, link.died, watchdog.expired, end.promise]);
  end.promise.catch(() => {});
  let driving: Promise<DriveResult> | undefined;
  try {
    // The own thread for the length of the trial only: whatever is started between trials must not inherit its core.
    using _pinned = pinDriver(setup.case);
    driver.endpoint = await guard(link.serve(driver.order));
    driving = workload.drive(driver);
    const driven = await guard(driving);
    if (setup.transport.mode === "stream") driver.closeAll();
    const served = await guard(link.finish(driver.senders));
    refuseForeign(driver.foreign, served.foreign);
    return driver.outcome(driven, served);
  } catch (error) {
    driver.closeAll();
    await driver.abandonTracing();
    const cause = explain(
      await causeOf(error instanceof UnfinishedWork ? error.cause : error, link, driver),
    );
    const isOneProcess = link.kind !== "process";
    const trial = { case: setup.case, workload, isOneProcess };
    return driver.failed(await nameShortage(cause, trial), await findCompleted(driving));
  } finally {
    driver.closeAll();
    watchdog.stop();
    signal?.removeEventListener("abort", onAbort);
  }
}

/** The driving end of one trial: what the workload sees, and what it leaves behind. */
class Driver implements DriveContext {
  readonly #setup: TrialSetup;
  readonly #channels: Channel[] = [];
  readonly #datagrams: DatagramChannel[] = [];
  readonly clock: Clock;
  readonly params: DriveContext["params"];
  readonly budget: DriveContext["budget"];
  readonly order: Parameters<PeerLink["serve"]>[0];
  endpoint: Endpoint | undefined;
  readonly #first = new FirstChannel();
  readonly #evidence: EvidenceReader;
  readonly #calls: CallCount | undefined;
  #begun = false;
  #ended = false;

  constructor(setup: TrialSetup) {
    this.#setup = setup;
    this.clock = setup.clock;
    this.params = { ...setup.case.fixed, ...setup.case.params };
    this.budget = setup.case.budget;
    this.#evidence = new EvidenceReader(this.#first, () => setup.link.mark());
    this.#calls = setup.tracer && new CallCount(setup.tracer);
    const core = setup.case.placement.cores?.serve;
    this.order = {
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
    const options = openOptions(this.order);
    const endpoint = this.endpoint!;
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
    if (this.#channels.push(channel) === 1) this.#first.take(channel);
    if (channel.mode === "datagram") this.#datagrams.push(channel);
    return channel;
  }

  settle(connections: number): Promise<void> {
    return this.#setup.link.settle(connections);
  }

  hasMeasured(): Promise<boolean> {
    return this.#setup.link.hasMeasured();
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

  async abandonTracing(): Promise<void> {
    await this.#calls?.abandon();
  }

  /** Where its datagram sockets are bound, closed ones too. */
  get senders(): readonly Endpoint[] {
    return this.#datagrams.map(({ endpoint }) => endpoint);
  }

  /** What strangers sent to them. */
  get foreign(): ForeignMessages | undefined {
    const own = this.endpoint === undefined ? [] : [this.endpoint];
    return sumOfForeign(this.#datagrams.map((channel) => channel.foreign?.(own)));
  }

  closeAll(): void {
    this.#ended = true;
    for (const channel of this.#channels) channel.close();
    this.#channels.length = 0;
  }

  outcome(driven: DriveResult, served: ServeReport): TrialOutcome {
    const tally = mergeTallies(driven.tally, served.tally);
    const error = findFailedOperations(tally);
    return {
      case: this.#setup.case.id,
      elapsedNs: driven.elapsedNs,
      operations: driven.operations,
      histograms: sparse(driven.histograms),
      ...((driven.values ?? served.values ?? this.#calls) !== undefined && {
        values: {
          ...served.values,
          ...driven.values,
          ...(this.#calls && {
            systemCallsPerOperation: this.#calls.total / driven.operations,
          }),
        },
      }),
      ...(driven.series !== undefined && { series: driven.series }),
      tally,
      ...(served.window !== undefined && { window: boundWindow(served.window, driven) }),
      ...(this.#calls === undefined ? this.#evidence.evidence : {
        // CPU time is left out: a traced thread spends more of it.
        counters: { ...this.#evidence.evidence.counters, ...this.#calls.counters },
      }),
      peer: this.#setup.link.label,
      settings: {
        ...readBack(this.#first.settings, served.settings),
        ...this.#evidence.cores,
      },
      ...(error !== undefined && { error }),
    };
  }

  /** What was completed before the failure is kept, and no figure is made of it. What was completed in the warm-up is not. */
  failed(error: TrialError, completed?: DriveResult): TrialOutcome {
    const { elapsedNs = 0, operations = 0, histograms = {}, tally = {} } = this.#begun
      ? completed ?? {}
      : {};
    return {
      case: this.#setup.case.id,
      elapsedNs,
      operations,
      histograms: sparse(histograms),
      tally,
      peer: this.#setup.link.label,
      settings: this.#first.settings,
      error,
    };
  }
}

/** The peer has not been asked for anything yet, and knows nothing of what this fails of. */
function pinDriver({ placement: { cores } }: Case): Disposable {
  try {
    return pinThread(cores?.drive);
  } catch (error) {
    throw new TrialFailure("not-pinned", (error as Error).message);
  }
}

/** The kind of a failure: nothing came for too long. */
const TIMEOUT = "timeout";

class TrialFailure extends Error {
  constructor(readonly kind: string, message: string) {
    super(message);
  }
}

function startWatchdog({ case: c, link }: TrialSetup): { expired: Promise<never>; stop(): void } {
  const expired = Promise.withResolvers<never>();
  expired.promise.catch(() => {});
  const limitNs = PATIENCE_FACTOR * c.expectedNs + PATIENCE_NS;
  // One timer per trial: a timer per message would sit inside the measured interval.
  const timer = setTimeout(() => {
    const seconds = (limitNs / 1e9).toFixed(1);
    expired.reject(
      new TrialFailure(
        TIMEOUT,
        `the trial with peer ${link.label} did not end within ${seconds} s`,
      ),
    );
  }, limitNs / 1e6);
  return { expired: expired.promise, stop: () => clearTimeout(timer) };
}

/** What a failed drive half failed of: often the peer, which then knows more than "the connection was closed". */
async function causeOf(
  error: unknown,
  link: PeerLink,
  { senders, foreign }: Pick<Driver, "senders" | "foreign">,
): Promise<unknown> {
  if (error instanceof PeerError) return error;
  // A server that a stranger came to first may have kept the trial waiting.
  const mayBeStranger = senders.length > 0 && (error as TrialFailure).kind === TIMEOUT;
  if (error instanceof TrialFailure && !mayBeStranger) return error;
  const asked = link.finish(senders).then((served) => {
    refuseForeign(foreign, served.foreign);
    return error;
  });
  try {
    return await withPatience(Promise.race([asked, link.died]), error);
  } catch (cause) {
    return error instanceof TrialFailure && !(cause instanceof TrialFailure) ? error : cause;
  }
}

/** A trial that strangers took part in has measured them, too. */
function refuseForeign(...found: readonly (ForeignMessages | undefined)[]): void {
  const foreign = sumOfForeign(found);
  if (foreign !== undefined) throw new TrialFailure("foreign-datagrams", formatForeign(foreign));
}

/** What the drive half had done when an operation of it failed; closing its channels ends one that hangs. */
async function findCompleted(
  driving: Promise<DriveResult> | undefined,
): Promise<DriveResult | undefined> {
  if (driving === undefined) return undefined;
  const done = driving.catch((error) => error instanceof UnfinishedWork ? error.done : undefined);
  return await withPatience(done, undefined);
}

function sparse(histograms: DriveResult["histograms"]): TrialOutcome["histograms"] {
  return Object.fromEntries(
    Object.entries(histograms).map(([name, histogram]) => [name, histogram.toSparse()]),
  );
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
