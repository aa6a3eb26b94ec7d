// Parameters that several scenarios have: sizes of requests and replies, what the client does between them, and what the sockets are.

import type { GridBlock, GridParameter, PartialNote } from "../model/scenario.ts";

/** Size of both, in every case of a grid; `request` and `reply` in its place where they are asked for. */
export const SIZES: readonly GridParameter[] = [
  { name: "bytes", kind: "size", description: "size of the request and of the reply" },
  { name: "request", kind: "size", optional: true, description: "size of the request" },
  { name: "reply", kind: "size", optional: true, description: "size of the reply" },
];

/** Time that the client takes between a reply and its next request. */
export const THINK: GridParameter = {
  name: "think",
  kind: "count",
  unit: "µs",
  optional: true,
  max: 10_000_000,
  description: "time between a reply and the next request",
};

/** Requests in flight on one channel. */
export const PIPELINE: GridParameter = {
  name: "pipeline",
  kind: "count",
  optional: true,
  min: 2,
  max: 1_024,
  description: "requests in flight at once on one connection",
};

/** What the kernel is asked for at both ends. */
export const BUFFERS: readonly GridParameter[] = [
  { name: "sendBuffer", kind: "size", optional: true, description: "SO_SNDBUF of both ends" },
  { name: "receiveBuffer", kind: "size", optional: true, description: "SO_RCVBUF of both ends" },
];

/** How a Unix-domain socket is called. */
export const ADDRESS: GridParameter = {
  name: "address",
  kind: "choice",
  choices: ["path", "abstract"],
  optional: true,
  description: "name of a Unix-domain socket: a file's path, or abstract, which only Linux has",
};

/** Threads that serve, each with a listener of its own. */
export const WORKERS: GridParameter = {
  name: "workers",
  kind: "count",
  optional: true,
  max: 64,
  description:
    "threads of the peer that listen on one port (SO_REUSEPORT); without it one loop serves all",
};

export const WORKERS_NOTE: PartialNote = {
  text:
    "Each worker is a thread of the peer with a listener of its own on the same port: the kernel gives it connections by a hash of their addresses, not in turn. least and most accepts compare the connections of one worker with the mean of all; what comes of few connections is chance.",
  isOf: ({ params }) => params.workers !== undefined,
};

/** Headline cells once with both ends on one core and once on two: that can differ by more than the transports do. */
export function onOneAndTwoCores(
  transports: readonly string[],
  params: GridBlock["params"],
): GridBlock {
  return { transports, params, pins: ["same", "cross"] };
}
