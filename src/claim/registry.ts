// The claims by chapter. Their order is that of their numbers.

import type { Claim, ClaimDeclaration, ClaimGroup } from "./claim.ts";
import { emptiedByAcknowledgement } from "./buffers/acknowledged.ts";
import { closeDeliversTheRest } from "./buffers/closes.ts";
import { defaultBuffers } from "./buffers/default_sizes.ts";
import { blockingWriteTakesAll, largeDataInPortions } from "./buffers/portions.ts";
import { readTakesWhatIsThere } from "./buffers/reads.ts";
import { closeLosesUnreadInput } from "./buffers/unread_input.ts";
import { fullBufferBlocks, writeReturnsEarly } from "./buffers/writes.ts";
import { establishedBeforeAccept } from "./connections/accept_queue.ts";
import { acknowledgementCountsBytes } from "./connections/acknowledgement.ts";
import { backlogBoundsWaiting } from "./connections/backlog.ts";
import { closingTakesFourSegments } from "./connections/closing.ts";
import { closingServerForcesConnections } from "./connections/closing_server.ts";
import { connectReturnsAfterHandshake } from "./connections/handshake.ts";
import { iterativeServesOne } from "./connections/iterative_server.ts";
import { listenerIsAnotherSocket } from "./connections/listening.ts";
import { portIsChosenAtConnect } from "./connections/ports.ts";
import { lostIsSentAgain } from "./connections/retransmission.ts";
import { protocolsShareNumbers } from "./connections/shared_port.ts";
import { connectNeedsNoData } from "./connections/silent_server.ts";
import { firstToCloseWaits } from "./connections/time_wait.ts";
import { familiesAndTypes } from "./families/families_and_types.ts";
import { ridersOnStreams } from "./families/riders.ts";
import { datagramsKeepBoundaries, readsDifferFromWrites } from "./messages/coalescing.ts";
import { datagramsAreLimited } from "./messages/datagram_limit.ts";
import { datagramsMayBeLost } from "./messages/datagram_loss.ts";
import { datagramsAreFaster, datagramsCostLess } from "./messages/datagrams_faster.ts";
import { oneSocketManyPeers } from "./messages/fan_in.ts";
import { streamsLoseNothing } from "./messages/integrity.ts";
import { datagramsMayBeReordered } from "./messages/reordering.ts";
import { unixOutrunsTcp } from "./messages/unix_outruns_tcp.ts";
import { deadPeerIsSilent } from "./runtime/dead_peer.ts";
import { loopbackHidesSlowStart } from "./runtime/large_segments.ts";
import { sendBufferIsDelay } from "./runtime/send_buffer_delay.ts";
import { tlsMeetsNagle } from "./runtime/tls_nagle.ts";
import { waitingDatagramBurns } from "./runtime/waiting_datagram.ts";
import { webSocketWaits } from "./runtime/websocket_delay.ts";

const CHAPTERS: Readonly<Record<ClaimGroup, readonly ClaimDeclaration[]>> = {
  buffers: [
    defaultBuffers,
    writeReturnsEarly,
    fullBufferBlocks,
    largeDataInPortions,
    blockingWriteTakesAll,
    readTakesWhatIsThere,
    closeDeliversTheRest,
    closeLosesUnreadInput,
    emptiedByAcknowledgement,
  ],
  messages: [
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
  ],
  connections: [
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
  ],
  families: [familiesAndTypes, ridersOnStreams],
  runtime: [
    tlsMeetsNagle,
    webSocketWaits,
    waitingDatagramBurns,
    deadPeerIsSilent,
    sendBufferIsDelay,
    loopbackHidesSlowStart,
  ],
};

export const claims: readonly Claim[] = Object.entries(CHAPTERS)
  .flatMap(([group, own]) => own.map((one) => ({ ...one, group: group as ClaimGroup })))
  .map((one, index) => ({ ...one, number: index + 1 }));
