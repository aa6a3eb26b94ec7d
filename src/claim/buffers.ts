/**
 * Claims on buffers and blocking.
 *
 * @module
 */

import type { Claim } from "./claim.ts";

/** Claims 1 to 9. */
export const bufferClaims: readonly Claim[] = [];
