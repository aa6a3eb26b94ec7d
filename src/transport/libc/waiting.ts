// Where blocking sockets of a thread wait when a slice of blocking brought nothing: one loop for all of them, which asks the kernel
// which of them is ready and gives the event loop its turns in between.
//
// Nothing here is on the hot path. A socket blocks in its own system call first, for a slice of a few milliseconds; only when that ends
// with nothing does it come here. What has to get through meanwhile does: messages of the peer's link, the trial's watchdog, Ctrl-C,
// `close()`. No timer is set.

import { clearImmediate, setImmediate } from "node:timers";
import { requireLibc } from "../../kernel/libc.ts";

/** What to wait for, as `poll(2)` has it: POLLIN, POLLOUT. */
export const POLL = { in: 1, out: 4 } as const;

/** How long one `poll` may keep the thread from its event loop, in milliseconds. */
const SLICE_MS = 2;
/**
 * Turns of the event loop between two polls that sleep, of 2 to 3 µs each. A message for the thread comes by way of another one
 * and takes a good many: with 40 of them a mark is answered after the first slice, with 4 after the third or fourth. A timer
 * would need one turn, and a millisecond of sleep in which no socket is looked at.
 */
const TURNS = 40;
/** sizeof(struct pollfd): fd, then events and revents in 16 bits each. */
const POLLFD_BYTES = 8;

/** A blocking socket of this thread, as far as waiting for it goes. */
export interface Waitable {
  /** The file descriptor; -1 once closed. */
  readonly fd: number;
  /** Whether its calls ask again and again instead of sleeping. */
  readonly spins: boolean;
}

interface Waiter {
  readonly socket: Waitable;
  readonly events: number;
  readonly blocksOthers: boolean;
  readonly ready: PromiseWithResolvers<void>;
}

/** How many waiting sockets of this thread want to be woken at once: while there is one, no other may block in its own call. */
export const waiting = { count: 0 };

let waiters: Waiter[] = [];
let isRunning = false;
/** Ends the turn of the event loop that is waited for, without it. */
let endTurn = () => {};

/** Waits until a socket is ready, or worth another try. Returns a promise that rejects when the socket is closed meanwhile. */
export function whenReady(socket: Waitable, events: number, blocksOthers: boolean): Promise<void> {
  const ready = Promise.withResolvers<void>();
  waiters.push({ socket, events, blocksOthers, ready });
  if (blocksOthers) waiting.count++;
  if (!isRunning) {
    isRunning = true;
    run();
  }
  return ready.promise;
}

/** Rejects what waits for a socket; called as it is closed. */
export function stopWaiting(socket: Waitable): void {
  settle(
    ({ socket: one }) => one === socket,
    ({ reject }) => reject(new Error("the socket was closed")),
  );
  // Nobody waits any more: nothing is left behind in the event loop.
  if (waiters.length === 0) endTurn();
}

async function run(): Promise<void> {
  for (let turn = 1; waiters.length > 0; turn++) {
    await new Promise<void>((done) => {
      const immediate = setImmediate(done);
      endTurn = () => {
        clearImmediate(immediate);
        done();
      };
    });
    if (waiters.length > 0) wakeReady(turn % TURNS === 0 ? SLICE_MS : 0);
  }
  isRunning = false;
}

function wakeReady(timeoutMs: number): void {
  const fds = new DataView(new ArrayBuffer(waiters.length * POLLFD_BYTES));
  waiters.forEach(({ socket, events }, i) => {
    fds.setInt32(i * POLLFD_BYTES, socket.fd, true);
    fds.setInt16(i * POLLFD_BYTES + 4, events, true);
  });
  const spins = waiters.some(({ socket }) => socket.spins);
  // A failure (EINTR is the only one possible) finds nobody ready, and the next round asks again.
  requireLibc().symbols.poll(fds, BigInt(waiters.length), spins ? 0 : timeoutMs);
  const found = new Set(
    waiters.filter(({ socket }, i) => socket.spins || fds.getInt16(i * POLLFD_BYTES + 6, true)),
  );
  settle((waiter) => found.has(waiter), ({ resolve }) => resolve());
}

function settle(isMeant: (waiter: Waiter) => boolean, how: (ready: Waiter["ready"]) => void): void {
  const meant = waiters.filter(isMeant);
  waiters = waiters.filter((waiter) => !isMeant(waiter));
  for (const { blocksOthers, ready } of meant) {
    if (blocksOthers) waiting.count--;
    how(ready);
  }
}
