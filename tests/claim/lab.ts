/**
 * What tests of claims share: a lab on this machine, and figures measured in this process.
 *
 * @module
 */

import { type Catalog, createCatalog } from "../../src/catalog.ts";
import { type Claim, type ClaimFacts, type Decision, type Lab } from "../../src/claim/claim.ts";
import { type CaseRequest, ClaimFigures, requestKey } from "../../src/claim/claim_figures.ts";
import { planClaims } from "../../src/claim/plan_claims.ts";
import { claims } from "../../src/claim/registry.ts";
import { runClaims } from "../../src/claim/run_claims.ts";
import { systemClock } from "../../src/clock.ts";
import { runPlan } from "../../src/run/run_plan.ts";
import type { Session } from "../../src/run/session.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import { probeTransports } from "../../src/transport/probe_transports.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import type { Availability, Transport } from "../../src/transport/transport.ts";
import { NO_ENVIRONMENT } from "../support/small_catalog.ts";

/** The kernel room, or why it is closed. */
export const kernel = openKernel();

/** A claim by its number. */
export function claimOf(number: number): Claim {
  return claims.find((one) => one.number === number)!;
}

/** A lab in which everything works, but for `changes`. */
export function labIn(directory: string, changes: Partial<Lab> = {}): Lab {
  const catalog = changes.catalog ?? createCatalog();
  return {
    clock: systemClock,
    catalog,
    availability: new Map([...catalog.transports.keys()].map((id) => [id, { available: true }])),
    pinning: { available: false, reason: "nothing is pinned in tests" },
    peer: "loop",
    directory,
    kernel,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** The catalog with some transports in the place of those of their ids. */
export function catalogWith(transports: Readonly<Record<string, Transport>>): Catalog {
  const catalog = createCatalog();
  return {
    ...catalog,
    transports: new Map([...catalog.transports].map(([id, one]) => [id, transports[id] ?? one])),
  };
}

/** Measures with what a lab has. */
export function sessionOf({ catalog, clock, directory }: Lab): Pick<Session, "measure"> {
  const startedAt = "2026-01-01T00:00:00.000Z";
  const fixed = { catalog, clock, directory, environment: NO_ENVIRONMENT, startedAt };
  return { measure: (plan, options) => runPlan(plan, { command: "test", ...options, ...fixed }) };
}

/** Uses a lab in a directory of its own. */
export async function withLab<T>(
  use: (lab: Lab) => T | Promise<T>,
  changes: Partial<Lab> = {},
): Promise<T> {
  await using directory = await createSocketDirectory();
  return await use(labIn(directory.path, changes));
}

/** What is measured of a claim's cells, in this process. */
export interface Measured {
  /** Default: the suite's own. */
  readonly catalog?: Catalog;
  /** Only cells of which this says so; default: all. */
  only?(request: CaseRequest): boolean;
  /** What is measured in the place of a cell; default: the cell itself. */
  replace?(request: CaseRequest): CaseRequest;
  /** Whether transports are probed; default: all of them are taken to work. */
  readonly probes?: boolean;
  /** Default: 1. */
  readonly rounds?: number;
}

/** Measures cells of a claim in this process, without pinning. */
export async function measure(claim: Claim, measured: Measured = {}): Promise<ClaimFigures> {
  const { catalog = createCatalog(), only = () => true, rounds = 1 } = measured;
  const replace = measured.replace ?? ((request: CaseRequest) => request);
  const wanted = (claim.cases ?? []).filter((request) => only(request));
  await using directory = await createSocketDirectory();
  const lab = labIn(directory.path, {
    catalog,
    ...(measured.probes && {
      availability: await probeTransports(catalog.transports, directory.path),
    }),
  });
  const { experiment: _none, ...rest } = claim;
  const measuring = { ...rest, cases: wanted.map(replace) };
  const settings = { peer: "loop", rounds, seed: 1 } as const;
  const plan = planClaims([measuring], settings, catalog, lab.availability);
  const { record } = await runClaims([], plan, {
    lab,
    session: sessionOf(lab),
    command: "test",
  });
  const ids = wanted.flatMap((request) => {
    const id = plan.ids.get(requestKey(replace(request)));
    return id === undefined ? [] : [[requestKey(request), id] as const];
  });
  const skips = wanted.flatMap((request) => {
    const reason = plan.skips.get(requestKey(replace(request)));
    return reason === undefined ? [] : [[requestKey(request), reason] as const];
  });
  return new ClaimFigures(record, new Map(ids), new Map(skips));
}

/** Figures of a run that measured nothing. */
export async function noFigures(): Promise<ClaimFigures> {
  return await measure({ ...claimOf(1), cases: [] });
}

/** Decides a claim from facts alone. */
export async function decideFacts(number: number, facts: unknown): Promise<Decision> {
  return claimOf(number).decide({ figures: await noFigures(), facts: facts as ClaimFacts });
}

/** Availability by transport id. */
export type { Availability };
