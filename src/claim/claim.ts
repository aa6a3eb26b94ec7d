// Claims: textbook sentences about sockets, what decides them (cells in interleaved rounds, an experiment on sockets of its own), and how.

import type { CaseRequest, ClaimFigures, Figure } from "./claim_figures.ts";
import type { Catalog } from "../catalog.ts";
import type { Clock } from "../clock.ts";
import type { KernelAccess } from "../kernel/libc.ts";
import type { PeerKind, Pinning } from "../model/placement.ts";
import type { Availability } from "../transport/transport.ts";

/** What becomes of a claim on this machine. `undecided`: it was tried, and the figures do not allow a choice. */
export type ClaimVerdict =
  | "holds"
  | "holds in part"
  | "does not hold"
  | "undecided"
  | "cannot be tried here";

export const CLAIM_VERDICTS: readonly ClaimVerdict[] = [
  "holds",
  "holds in part",
  "does not hold",
  "undecided",
  "cannot be tried here",
];

/** The chapters of the report, by id. */
export const CLAIM_GROUPS = {
  buffers: "Buffers and blocking",
  messages: "Streams and datagrams",
  connections: "Opening and closing",
  families: "Families and types",
  runtime: "What programs on Deno meet",
} as const;

export type ClaimGroup = keyof typeof CLAIM_GROUPS;

/** What an experiment found, as plain data: it is kept in the JSON report, so that a verdict can be checked. */
export type ClaimFact =
  | string
  | number
  | boolean
  | null
  | readonly ClaimFact[]
  | { readonly [name: string]: ClaimFact };

export type ClaimFacts = Readonly<Record<string, ClaimFact>>;

/** What an experiment may use. It leaves nothing behind: no socket, file, link or namespace, even when `signal` ends it. */
export interface Lab {
  readonly clock: Clock;
  readonly catalog: Catalog;
  /** What works here, by transport id. */
  readonly availability: ReadonlyMap<string, Availability>;
  readonly pinning: Pinning;
  /** Where the other end of an experiment runs that needs one of its own. */
  readonly peer: PeerKind;
  /** A private directory for socket files; its owner removes it. */
  readonly directory: string;
  /** The kernel room, or why it is closed. */
  readonly kernel: KernelAccess;
  readonly signal: AbortSignal;
}

/** Thrown by an experiment that cannot be made here: the claim's verdict is then `cannot be tried here`, with the message as its reason. */
export class CannotTry extends Error {
  override readonly name = "CannotTry";
}

/** A table of a claim's section: texts and figures. */
export interface ClaimTable {
  /** One line above it: what the figures are, with placement and number of trials. */
  readonly caption: string;
  readonly columns: readonly string[];
  /** Lines of as many cells as there are headings. */
  readonly rows: readonly (readonly (string | Figure)[])[];
}

export interface ClaimEvidence<Facts = ClaimFacts> {
  readonly figures: ClaimFigures;
  /** What the experiment found; absent when there is none, or it failed. */
  readonly facts?: Facts;
  /** Why there are no facts: one sentence, without its full stop. */
  readonly failure?: string;
}

/** How a claim came out, and what it rests on. */
export interface Decision {
  readonly verdict: ClaimVerdict;
  /** The one number, with its unit, as the summary table shows it; or, of what could not be tried, the reason. At most 80 characters. */
  readonly answer: string;
  readonly seen: readonly string[];
  readonly tables?: readonly ClaimTable[];
  readonly why: readonly string[];
}

/** How a claim can come out, and what has to be seen for it. */
export type ClaimRule = Readonly<
  Partial<Record<Exclude<ClaimVerdict, "cannot be tried here">, string>>
>;

/** A sentence, and what decides it. */
export interface ClaimDeclaration<Facts = ClaimFacts> {
  /** Stable and readable: `default-buffers`. */
  readonly id: string;
  readonly sentence: string;
  /** Where anybody can read about it: sections of RFCs, manual pages, files of the kernel. */
  readonly source: string;
  /** What was done to decide it: one paragraph, for a reader who never saw the tool. */
  readonly method: string;
  /** What has to be seen for each verdict that it can come to, limits included: laid down before any number. */
  readonly rule: ClaimRule;
  /** The change under which the same measurement comes to another verdict; `tests/claim/controls` makes it. */
  readonly control: string;
  readonly cases?: readonly CaseRequest[];
  /** Parts of the experiment that need a right or a network that this process may lack: `tryPart` makes them in a namespace of their own then. By name; each as bounded as the experiment. */
  readonly parts?: Readonly<Record<string, (lab: Lab) => Promise<object>>>;
  /** Opens sockets of its own and brings facts home. Bounded: at most 10 s. */
  experiment?(lab: Lab): Promise<Facts>;
  /** Present where the experiment mostly waits for timers, on sockets of its own: it is made beside others that do. */
  readonly waits?: true;
  /** How the verdict follows from figures and facts. Pure: the same evidence gives the same decision. */
  decide(evidence: ClaimEvidence<Facts>): Decision;
  /** What it means for a Deno program: one paragraph. */
  readonly meaning: string;
  readonly code: string;
}

/** A claim with its place in the report. */
export interface Claim extends ClaimDeclaration {
  readonly number: number;
  readonly group: ClaimGroup;
}

/** A claim whose facts have a type of their own: interfaces of plain data, which are ClaimFacts for everybody else. */
export function defineClaim<Facts extends object>(
  claim: ClaimDeclaration<Facts>,
): ClaimDeclaration {
  return claim as unknown as ClaimDeclaration;
}

/** The first verdict whose condition is met. */
export function firstMet(
  conditions: Readonly<Partial<Record<ClaimVerdict, boolean>>>,
  otherwise: ClaimVerdict,
): ClaimVerdict {
  const [met] = Object.entries(conditions).filter(([, isMet]) => isMet);
  return met === undefined ? otherwise : met[0] as ClaimVerdict;
}

/** The decision on a claim that could not be tried. */
export function cannotTry(reason: string): Decision {
  return { verdict: "cannot be tried here", answer: reason, seen: [], why: [] };
}
