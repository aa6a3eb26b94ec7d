// Claims on buffers and blocking.

import { emptiedByAcknowledgement } from "./buffers/acknowledged.ts";
import { defaultBuffers } from "./buffers/default_sizes.ts";
import { closeDeliversTheRest } from "./buffers/closes.ts";
import { closeLosesUnreadInput } from "./buffers/unread_input.ts";
import { blockingWriteTakesAll, largeDataInPortions } from "./buffers/portions.ts";
import { readTakesWhatIsThere } from "./buffers/reads.ts";
import { fullBufferBlocks, writeReturnsEarly } from "./buffers/writes.ts";
import type { Claim } from "./claim.ts";

/** Claims 1 to 9. */
export const bufferClaims: readonly Claim[] = [
  defaultBuffers,
  writeReturnsEarly,
  fullBufferBlocks,
  largeDataInPortions,
  blockingWriteTakesAll,
  readTakesWhatIsThere,
  closeDeliversTheRest,
  closeLosesUnreadInput,
  emptiedByAcknowledgement,
];
