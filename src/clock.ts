// The one seam to time: everything that measures takes a {@link Clock}, so that tests can script it.

/** A Clock tells monotonic time and waits. */
export interface Clock {
  /**
   * Monotonic time in nanoseconds since an arbitrary origin, possibly fractional. The resolution is the platform's: about
   * 80 ns steps on Linux under Deno; `sockbench doctor` measures it.
   */
  nowNs(): number;
  /** Resolves at or after `timeNs` on this clock; at once when it has passed. Timer granularity is about 1 ms. */
  sleepUntilNs(timeNs: number): Promise<void>;
  /** Time since 1970 in nanoseconds, in steps of a millisecond; it may jump, and goes on while the machine sleeps. Absent: not known. */
  wallNs?(): number;
  /** Time since 1970 in nanoseconds, to a microsecond, which another process of this machine reads alike. Absent: not known. */
  sharedNs?(): number;
  /** Opens what waits to the microsecond; absent: this clock's `sleepUntilNs` does. */
  openPacer?(): Promise<Pacer>;
}

/** A Pacer waits to the microsecond, and keeps the event loop serving sockets meanwhile. It spins: it takes a core. */
export interface Pacer {
  /** Resolves within some microseconds after `timeNs` on its clock; after one turn of the event loop where it has passed. */
  spinUntilNs(timeNs: number): Promise<void>;
  /** Frees what it holds. */
  close(): void;
}

/** The pacer of a clock: its own, or, where it has none or may not open it, one that sleeps. */
export async function openPacer(clock: Clock): Promise<Pacer> {
  return await clock.openPacer?.().catch(() => undefined) ??
    { spinUntilNs: (timeNs) => clock.sleepUntilNs(timeNs), close: () => {} };
}

// As they were before a user's module could put others in their place, as fake timers do.
const nowMs = performance.now.bind(performance);
const wallMs = Date.now;
const { timeOrigin } = performance;

/** The system's monotonic clock. The only place in sockbench that names `performance.now`. */
export const systemClock: Clock = {
  nowNs(): number {
    return nowMs() * 1e6;
  },
  sleepUntilNs(timeNs: number): Promise<void> {
    const waitMs = (timeNs - nowMs() * 1e6) / 1e6;
    return waitMs <= 0
      ? Promise.resolve()
      : new Promise((resolve) => setTimeout(resolve, Math.ceil(waitMs)));
  },
  wallNs(): number {
    return wallMs() * 1e6;
  },
  sharedNs(): number {
    return (timeOrigin + nowMs()) * 1e6;
  },
  openPacer: openSelfPacer,
};

/** Further away than this a timer serves: it is about 1 ms late. */
const SLEEP_NS = 3e6;
/** Sockets wait no longer than this for a turn of the event loop. */
const MAX_TURNLESS_NS = 40e3;
/** Nearer than this the clock is read until the time has come: a turn of the event loop takes longer. */
const TURN_NS = 15e3;

/**
 * Turns of the event loop come from a socket to itself: a byte written to one end of a TCP connection and read at the other. A timer is 1.1 ms
 * late. A chain of `setImmediate` is on time, but the runtime then looks for ready sockets every 61st turn only (the scheduler of tokio, when
 * it always has a task to run): replies were seen 100 µs late. Reading from a socket lets the scheduler park, and parking is looking.
 */
async function openSelfPacer(): Promise<Pacer> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [near, far] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    listener.accept(),
  ]);
  near.setNoDelay(true);
  const byte = new Uint8Array(1);
  const room = new Uint8Array(1);
  let turnedNs = -Infinity;
  const turn = async () => {
    const seen = far.read(room);
    await near.write(byte);
    await seen;
    turnedNs = systemClock.nowNs();
  };
  return {
    async spinUntilNs(timeNs) {
      let nowNs = systemClock.nowNs();
      if (timeNs - nowNs > SLEEP_NS) await systemClock.sleepUntilNs(timeNs - SLEEP_NS + 1e6);
      if (nowNs >= timeNs || nowNs - turnedNs > MAX_TURNLESS_NS) await turn();
      while (timeNs - systemClock.nowNs() > TURN_NS) await turn();
      do nowNs = systemClock.nowNs(); while (nowNs < timeNs);
    },
    close() {
      near.close();
      far.close();
    },
  };
}
