// Claims on streams and datagrams.

import type { Claim } from "./claim.ts";
import { datagramsKeepBoundaries, readsDifferFromWrites } from "./messages/coalescing.ts";
import { datagramsAreLimited } from "./messages/datagram_limit.ts";
import { datagramsMayBeLost } from "./messages/datagram_loss.ts";
import { datagramsMayBeReordered } from "./messages/reordering.ts";
import { datagramsAreFaster, datagramsCostLess } from "./messages/datagrams_faster.ts";
import { streamsLoseNothing } from "./messages/integrity.ts";
import { oneSocketManyPeers } from "./messages/fan_in.ts";
import { unixOutrunsTcp } from "./messages/unix_outruns_tcp.ts";

/** Claims 10 to 19. */
export const messageClaims: readonly Claim[] = [
  streamsLoseNothing,
  readsDifferFromWrites,
  datagramsKeepBoundaries,
  datagramsMayBeLost,
  datagramsMayBeReordered,
  datagramsAreLimited,
  datagramsAreFaster,
  datagramsCostLess,
  oneSocketManyPeers,
  unixOutrunsTcp,
];
