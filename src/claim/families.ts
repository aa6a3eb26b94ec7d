// Claims on families and types.

import type { Claim } from "./claim.ts";
import { familiesAndTypes } from "./families/families_and_types.ts";
import { ridersOnStreams } from "./families/riders.ts";

/** Claims 33 and 34. */
export const familyClaims: readonly Claim[] = [familiesAndTypes, ridersOnStreams];
