// The claims, in the order of their numbers: a line for each chapter's file.

import type { Claim } from "./claim.ts";
import { bufferClaims } from "./buffers.ts";
import { connectionClaims } from "./connections.ts";
import { familyClaims } from "./families.ts";
import { messageClaims } from "./messages.ts";

/** Every claim that ships with sockbench. */
export const claims: readonly Claim[] = [
  ...bufferClaims,
  ...messageClaims,
  ...connectionClaims,
  ...familyClaims,
].sort((a, b) => a.number - b.number);
