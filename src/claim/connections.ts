/**
 * Claims on opening and closing.
 *
 * @module
 */

import type { Claim } from "./claim.ts";

/** Claims 20 to 32. */
export const connectionClaims: readonly Claim[] = [];
