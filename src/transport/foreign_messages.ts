// Messages that a datagram socket got from sockets that do not belong to its trial.

import type { Endpoint, ForeignMessages } from "./channel.ts";

/** Of the senders, this many are named. */
const NAMED = 3;

/** What came from others. Undefined where nothing did. */
export function foreignOf(
  senders: Iterable<{ readonly endpoint: Endpoint; readonly messages: number }>,
  own: readonly Endpoint[],
): ForeignMessages | undefined {
  const names = new Set(own.map(nameOf));
  const others = [...senders].filter(({ endpoint, messages }) =>
    messages > 0 && !names.has(nameOf(endpoint))
  );
  if (others.length === 0) return undefined;
  return {
    messages: others.reduce((sum, { messages }) => sum + messages, 0),
    senders: others.length,
    some: others.slice(0, NAMED).map(({ endpoint }) => nameOf(endpoint)),
  };
}

export function sumOfForeign(
  found: readonly (ForeignMessages | undefined)[],
): ForeignMessages | undefined {
  const known = found.filter((one) => one !== undefined);
  if (known.length === 0) return undefined;
  return {
    messages: known.reduce((sum, { messages }) => sum + messages, 0),
    senders: known.reduce((sum, { senders }) => sum + senders, 0),
    some: [...new Set(known.flatMap(({ some }) => some))].slice(0, NAMED),
  };
}

/** In one sentence without its full stop. */
export function formatForeign({ messages, senders, some }: ForeignMessages): string {
  const count = messages === 1 ? "1 datagram" : `${messages} datagrams`;
  const more = senders > some.length ? ` and ${senders - some.length} more` : "";
  return `${count} came from sockets that do not belong to the trial: ${some.join(", ")}${more}`;
}

function nameOf(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case "ip":
      return endpoint.hostname.includes(":")
        ? `[${endpoint.hostname}]:${endpoint.port}`
        : `${endpoint.hostname}:${endpoint.port}`;
    case "unix":
      return endpoint.path === "" ? "a socket without a name" : endpoint.path.replace("\0", "@");
    case "memory":
      return endpoint.name;
  }
}
