// Parts of experiments that need a right or a network that the process may lack.

import { mainUrl } from "../mains.ts";
import { denoCommand, findNamespaces, runIsolated } from "../kernel/namespace.ts";
import { SystemError } from "../kernel/system_error.ts";
import { CannotTry, type Claim, type ClaimFacts, type Lab } from "./claim.ts";

const MAIN = mainUrl("experiment").href;

/** What a part found, or why it could not be made. */
export type PartOutcome<Facts> =
  | { readonly facts: Facts; readonly reason?: undefined }
  | { readonly facts?: undefined; readonly reason: string };

/** Makes a part of a claim's experiment: here, and where the kernel asks for a right that this process lacks, as root of a user namespace. A part that fails costs the claim nothing but its own facts. */
export async function tryPart<Facts extends object = ClaimFacts>(
  claim: Pick<Claim, "id" | "parts">,
  part: string,
  lab: Lab,
): Promise<PartOutcome<Facts>> {
  if (!lab.kernel.available) return { reason: lab.kernel.reason };
  try {
    return { facts: await claim.parts![part]!(lab) as Facts };
  } catch (error) {
    if (!isRefused(error)) return { reason: (error as Error).message.replace(/\s+/g, " ") };
    try {
      return { facts: await isolateExperiment<Facts>([claim.id, part], lab.signal) };
    } catch (second) {
      return {
        reason: `${(error as Error).message}; in a namespace: ${(second as Error).message}`
          .replace(/\s+/g, " "),
      };
    }
  }
}

/** Makes an experiment, or a part of one, in a network namespace of its own. */
export async function isolateExperiment<Facts extends object = ClaimFacts>(
  experiment: readonly [id: string, part?: string],
  signal: AbortSignal,
  setup = "",
): Promise<Facts> {
  const access = await findNamespaces();
  if (!access.available) throw new CannotTry(access.reason);
  const args = experiment.filter((one) => one !== undefined);
  const printed = await runIsolated(
    { flags: access.flags, setup, command: denoCommand(MAIN, args) },
    signal,
  );
  const { facts, failure, cannotTry } = JSON.parse(printed);
  if (failure !== undefined) throw cannotTry ? new CannotTry(failure) : new Error(failure);
  return facts;
}

/** Whether the kernel asks for a right: EPERM of a capability, EACCES of a file. */
function isRefused(error: unknown): boolean {
  return error instanceof SystemError && ["EPERM", "EACCES"].includes(error.code);
}
