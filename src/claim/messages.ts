/**
 * Claims on streams and datagrams.
 *
 * @module
 */

import { unixOutrunsTcp } from "./messages/unix_outruns_tcp.ts";
import type { Claim } from "./claim.ts";

/** Claims 10 to 19. */
export const messageClaims: readonly Claim[] = [unixOutrunsTcp];
