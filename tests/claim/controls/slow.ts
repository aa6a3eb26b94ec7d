/** Claims that one transport is better than another, with one of the two slowed. */

import { slowedTransport } from "../../../src/ab/slowed_transport.ts";
import type { CaseRequest, ClaimFigures } from "../../../src/claim/claim_figures.ts";
import type { Claim, Decision } from "../../../src/claim/claim.ts";
import { systemClock } from "../../../src/clock.ts";
import type { Transport } from "../../../src/transport/transport.ts";
import { catalogWith, claimOf, measure } from "../lab.ts";

/** Enough to tell one row at 5 %, one disturbed round included. */
const ROUNDS = 10;

/**
 * Decides a claim from round trips of 64 B between two transports, one of which takes ten times as long.
 *
 * @param number the claim's
 * @param slow the transport that is slowed
 * @param other the one that it is compared with
 */
export async function decideSlowed(
  number: number,
  slow: Transport,
  other: string,
): Promise<Decision> {
  const claim = claimOf(number);
  const key = `${slow.name} ${other}`;
  const figures = measured.get(key) ?? await measureSlowed(claim, slow, other);
  measured.set(key, figures);
  return claim.decide({ figures });
}

/** Claims 16 and 17 ask different metrics of the same trials. */
const measured = new Map<string, ClaimFigures>();

async function measureSlowed(claim: Claim, slow: Transport, other: string): Promise<ClaimFigures> {
  const slowed = slowedTransport(slow, { share: 9, where: "all" }, systemClock);
  const isOurs = ({ scenario, transport, params, pin }: CaseRequest) =>
    scenario === "round-trip" && params.bytes === 64 && pin === "same" &&
    [slow.name, other].includes(transport);
  return await measure(claim, {
    catalog: catalogWith({ [slow.name]: slowed }),
    only: isOurs,
    rounds: ROUNDS,
  });
}
