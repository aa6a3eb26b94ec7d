/**
 * Claims on families and types.
 *
 * @module
 */

import type { Claim } from "./claim.ts";

/** Claims 33 and 34. */
export const familyClaims: readonly Claim[] = [];
