// Parameters that several scenarios have: sizes of requests and replies, what the client does between them, and what the sockets are.

import type { GridBlock, GridParameter } from "../model/scenario.ts";

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

/** Headline cells once with both ends on one core and once on two: that can differ by more than the transports do. */
export function onOneAndTwoCores(
  transports: readonly string[],
  params: GridBlock["params"],
): GridBlock {
  return { transports, params, pins: ["same", "cross"] };
}
