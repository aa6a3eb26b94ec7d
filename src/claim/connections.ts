// Claims on opening and closing.

import type { Claim } from "./claim.ts";
import { acknowledgementCountsBytes } from "./connections/acknowledgement.ts";
import { establishedBeforeAccept } from "./connections/accept_queue.ts";
import { backlogBoundsWaiting } from "./connections/backlog.ts";
import { closingTakesFourSegments } from "./connections/closing.ts";
import { iterativeServesOne } from "./connections/iterative_server.ts";
import { protocolsShareNumbers } from "./connections/shared_port.ts";
import { connectNeedsNoData } from "./connections/silent_server.ts";
import { connectReturnsAfterHandshake } from "./connections/handshake.ts";
import { listenerIsAnotherSocket } from "./connections/listening.ts";
import { portIsChosenAtConnect } from "./connections/ports.ts";
import { lostIsSentAgain } from "./connections/retransmission.ts";
import { closingServerForcesConnections } from "./connections/closing_server.ts";
import { firstToCloseWaits } from "./connections/time_wait.ts";

/** Claims 20 to 32. */
export const connectionClaims: readonly Claim[] = [
  connectReturnsAfterHandshake,
  connectNeedsNoData,
  establishedBeforeAccept,
  backlogBoundsWaiting,
  listenerIsAnotherSocket,
  closingTakesFourSegments,
  firstToCloseWaits,
  portIsChosenAtConnect,
  protocolsShareNumbers,
  closingServerForcesConnections,
  iterativeServesOne,
  lostIsSentAgain,
  acknowledgementCountsBytes,
];
