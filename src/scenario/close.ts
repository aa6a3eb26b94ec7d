// Scenario `close`.

import { CLOSINGS } from "../workload/closing.ts";
import type { Scenario } from "../model/scenario.ts";

/** Connections of a trial at most: each leaves a port in TIME_WAIT for a minute. */
const MAX_CONNECTIONS = 20;

const KIB = 1_024;
const GRID: Scenario["grid"]["standard"] = [
  // More than TCP sends to a peer that does not read: most of it is in the output buffer when the socket is closed.
  { transports: ["tcp", "unix"], params: { close: ["unsent"], bytes: [1_024 * KIB] } },
  { transports: ["tcp", "unix"], params: { close: ["unread"], bytes: [100 * KIB] } },
  { transports: ["tcp", "unix"], params: { close: ["half"], bytes: [100 * KIB] } },
];

/** What becomes of bytes under way when one end closes? */
export const close: Scenario = {
  id: "close",
  question: "What becomes of bytes under way when one end closes?",
  operation: "connection",
  parameters: [
    {
      name: "close",
      kind: "choice",
      choices: CLOSINGS,
      description: "how the driving end closes",
    },
    { name: "bytes", kind: "size", description: "what is under way" },
  ],
  metrics: ["deliveredShare", "resetShare", "endedFirstShare"],
  columns: ["transport", "close"],
  contrasts: [],
  tables: ["resetShare"],
  notes: [
    "unsent: closed right after writing, before the peer has read anything. unread: closed with the peer's bytes unread. half: only the sending direction is closed, then the peer sends.",
    "Reset: the peer's read failed, or the first write after it had read the end of the stream; a connection that is merely closed takes that write.",
    "Over Unix-domain sockets nothing is ever unsent: what was written is in the peer's queue.",
    "A connection that was reset at the end may have been read to its end first: over Unix-domain sockets the two are so close together that it is a race.",
    "Deno's `close()` shuts the sending direction down before it closes the socket: over TCP the peer may read a clean end of the stream although the connection is about to be reset.",
    `A trial opens at most ${MAX_CONNECTIONS} connections, as each that this end closes first leaves a port in TIME_WAIT for a minute.`,
  ],
  workload: "closing",
  onDemand: true,
  grid: { quick: GRID, standard: GRID, thorough: GRID },
  budget: (_params, budget) => ({ ...budget, warmupNs: 0, maxOperations: MAX_CONNECTIONS }),
};
