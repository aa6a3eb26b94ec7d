/**
 * A Control is the change under which a claim's measurement comes to another verdict: a claim whose verdict cannot change measures nothing.
 *
 * @module
 */

import type { ClaimVerdict, Decision } from "../../../src/claim/claim.ts";
import { openRawPair } from "../../../src/claim/sockets.ts";
import { findNamespaces } from "../../../src/kernel/namespace.ts";
import { loseSegments } from "../../../src/kernel/socket_filter.ts";
import { LIBC, type Need, unless } from "../../support/needs.ts";
import { kernel } from "../lab.ts";

/** One control. */
export interface Control {
  /** The claim's number. */
  readonly claim: number;
  /** What is changed, as the rest of a sentence: "a peer that never reads". */
  readonly change: string;
  /** What must come out. */
  readonly verdict: ClaimVerdict;
  /** What it needs of the machine. */
  readonly needs?: readonly Need[];
  /** Why facts made by hand must do, where no kernel can differ; absent: the experiment itself is changed. */
  readonly byHand?: string;
  /** Makes the change and decides. */
  decide(): Decision | Promise<Decision>;
}

const namespaces = await findNamespaces();

/** Network namespaces, by root or in a user namespace. */
export const NAMESPACES: Need = unless(namespaces.available ? undefined : namespaces.reason);

/** A filter on a TCP socket, which some kernels give to CAP_NET_ADMIN alone. */
export const FILTERS: Need = unless(filterObstacle());

function filterObstacle(): string | undefined {
  if (!kernel.available) return kernel.reason;
  using pair = openRawPair("tcp", { kernel });
  try {
    loseSegments(pair.server, "everything");
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export { LIBC };
