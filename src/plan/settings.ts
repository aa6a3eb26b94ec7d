// Settings: what a run is asked to do. Defaults and validation live here and nowhere else.

import { parseSize } from "../units/parse_size.ts";
import type { Catalog } from "../catalog.ts";
import type { ParameterSpec } from "../model/scenario_spec.ts";
import type { ProfileName, Scenario } from "../model/scenario.ts";
import type { Replay } from "../model/replay.ts";
import { PEER_KINDS, type PeerKind, type Pin } from "../model/placement.ts";
import { PINS } from "./placement.ts";
import { PROFILES } from "./profile.ts";
import { isUnresolved } from "./segment_size.ts";
import { checkReplay } from "./parse_replay.ts";
import { SettingsError } from "./settings_error.ts";

export { SettingsError } from "./settings_error.ts";

/** Everything a run can be asked for, validated and complete. */
export interface Settings {
  /** How long and how wide. */
  readonly profile: ProfileName;
  /** Scenario ids; empty: all. */
  readonly scenarios: readonly string[];
  /** Transport ids; empty: all that a scenario lists. */
  readonly transports: readonly string[];
  /** Globs over case ids, of which one must match; empty: all. `*` is any run of characters, `?` any single one. */
  readonly cases: readonly string[];
  /** Parameter values that replace those of the grid, by parameter name. */
  readonly params: Readonly<Record<string, readonly (number | string)[]>>;
  /** Passes over all cases. */
  readonly rounds: number;
  /** Where the serve half runs. */
  readonly peer: PeerKind;
  /** How both ends are pinned, each case once for every one of them; empty: as the grid says, which mostly is `none`. */
  readonly pins: readonly Pin[];
  /** The cores to pin to: the first for the driver (for both ends where they share one), the second for the peer; empty: the first ones of this process. */
  readonly cores: readonly number[];
  /** Seed of every random choice of the run: a whole number from 0 to 2^32 − 1. */
  readonly seed: number;
  /** Specifiers of users' modules (absolute file URLs). */
  readonly modules: readonly string[];
  /** Traffic that is sent in the place of the grid's sizes and rates; absent: those of the grid. */
  readonly replay?: Replay;
  /**
   * Rounds are added beyond `rounds` until the 95 % interval of every case's headline metric is at most this share of its median on either
   * side (0.02 is ±2 %); absent: none are added.
   */
  readonly precision?: number;
  /** How long each case is measured, all rounds together, in nanoseconds; the planner makes `rounds` of it. Absent: `rounds` says. */
  readonly durationNs?: number;
  /** Adding rounds ends when the run has taken this long, in nanoseconds. Without effect where `precision` is absent. */
  readonly budgetNs: number;
}

/** What {@linkcode createSettings} takes: everything may be left out, and numbers may be written as text, as in `"16k"`. */
export interface SettingsInput {
  /** One of {@linkcode PROFILE_NAMES}; absent: `standard`. */
  readonly profile?: string;
  /** Scenario ids; absent or empty: all. */
  readonly scenarios?: readonly string[];
  /** Transport ids; absent or empty: all. */
  readonly transports?: readonly string[];
  /** Globs over case ids; absent or empty: all. */
  readonly cases?: readonly string[];
  /** Parameter values by name, as in `{ bytes: [64, "1KiB"] }`. */
  readonly params?: Readonly<Record<string, readonly (number | string)[]>>;
  /** 1 to {@linkcode MAX_ROUNDS}; absent: the profile's own. */
  readonly rounds?: number | string;
  /** In place of `rounds`: how long each case is measured, all rounds together, as in `"10s"`, or nanoseconds. */
  readonly duration?: number | string;
  /** One of {@linkcode PEER_KINDS}; absent: {@linkcode DEFAULT_PEER}. */
  readonly peer?: string;
  /** One or several of {@linkcode PINS}; absent or empty: as the grid says. */
  readonly pin?: string | readonly string[];
  /** One or two cores; absent or empty: the first ones of this process. */
  readonly cores?: readonly (number | string)[];
  /** 0 to 2^32 − 1; absent: random. */
  readonly seed?: number | string;
  /** File URLs of users' modules. */
  readonly modules?: readonly string[];
  /** What {@linkcode parseReplay} made of a file; needs scenarios that can replay one. */
  readonly replay?: Replay;
  /** As a share or in percent, as in `0.02` or `"2%"`; absent: no rounds are added. */
  readonly precision?: number | string;
  /** A duration, as in `"120s"` or `"2min"`, or nanoseconds; absent: {@linkcode DEFAULT_BUDGET_NS}. */
  readonly budget?: number | string;
}

/** Profiles, the shortest first. */
export const PROFILE_NAMES: readonly ProfileName[] = Object.freeze(
  ["quick", "standard", "thorough"] as const,
);
export const DEFAULT_PROFILE: ProfileName = "standard";
export const DEFAULT_PEER: PeerKind = "process";
/** Most rounds that a run may have. */
export const MAX_ROUNDS = 10_000;
export const MAX_SEED = 2 ** 32 - 1;
/** How long an adaptive run may take unless it is told, in nanoseconds. */
export const DEFAULT_BUDGET_NS = 120e9;
/** Longest budget and duration, in nanoseconds: a day. */
export const MAX_BUDGET_NS = 86_400e9;
/** Largest size that can be asked for, in bytes: both ends hold a buffer of it. */
export const MAX_SIZE_BYTES = 2 ** 28;
/** Highest number that a core may have: what an affinity mask of the kernel can hold. */
export const MAX_CORE = 8_191;
/** Largest count that can be asked for where its parameter names none. */
const MAX_COUNT = 2 ** 31;

/**
 * Completes and validates what a run is asked to do.
 *
 * @throws {SettingsError} when a name is unknown or a value is malformed or out of range.
 *
 * @example
 * ```ts ignore
 * createSettings({ profile: "quick", params: { bytes: ["1KiB"] }, seed: 42 }, createCatalog());
 * ```
 */
export function createSettings(input: SettingsInput, catalog: Catalog): Settings {
  const profile = oneOf("profile", input.profile ?? DEFAULT_PROFILE, PROFILE_NAMES);
  const scenarios = names("scenario", input.scenarios, [...catalog.scenarios.keys()]);
  if (input.duration !== undefined && input.rounds !== undefined) {
    throw new SettingsError(
      "rounds and duration contradict each other: both say how often to measure",
    );
  }
  const pins = [...new Set([input.pin ?? []].flat().map((pin) => oneOf("pin", pin, PINS)))];
  return {
    profile,
    scenarios,
    transports: names("transport", input.transports, [...catalog.transports.keys()]),
    cases: nonEmptyTexts("case", input.cases),
    params: parseParams(input.params ?? {}, scenarios, catalog),
    rounds: wholeNumber("rounds", input.rounds ?? PROFILES[profile].rounds, 1, MAX_ROUNDS),
    peer: oneOf("peer", input.peer ?? DEFAULT_PEER, PEER_KINDS),
    pins,
    cores: parseCores(input.cores ?? [], pins),
    seed: wholeNumber("seed", input.seed ?? randomSeed(), 0, MAX_SEED),
    modules: nonEmptyTexts("module", input.modules),
    ...(input.replay !== undefined && { replay: checkReplay(input.replay, input, catalog) }),
    ...(input.duration !== undefined && { durationNs: parseDuration("duration", input.duration) }),
    ...(input.precision !== undefined && { precision: parsePrecision(input.precision) }),
    budgetNs: input.budget === undefined
      ? DEFAULT_BUDGET_NS
      : parseDuration("budget", input.budget),
  };
}

/** One core or two, of which none is asked for in vain. Whether they exist is for the planner to say, who knows the machine. */
function parseCores(given: readonly (number | string)[], pins: readonly Pin[]): readonly number[] {
  const cores = given.map((core) => wholeNumber("a core", core, 0, MAX_CORE));
  const [first, second] = cores;
  if (cores.length > 2) {
    throw new SettingsError(
      `cores must be one or two, driver's and peer's: ${cores.length} were given`,
    );
  }
  if (first === undefined) return cores;
  if (pins.every((pin) => pin === "none")) {
    throw new SettingsError("cores are of use to pinned ends only: ask for pin same or pin cross");
  }
  if (second === undefined ? pins.includes("cross") : first === second) {
    throw new SettingsError(
      second === undefined
        ? `pin cross needs two cores, driver's and peer's: only ${first} was given`
        : `cores must be two different ones: both are ${first}`,
    );
  }
  return cores;
}

/** A share between 0.1 % and 50 %. */
function parsePrecision(given: number | string): number {
  const [, digits] = typeof given === "string"
    ? /^(\d{1,6}(?:\.\d{1,6})?) ?%$/.exec(given) ?? []
    : [];
  const share = digits === undefined ? given : Number(digits) / 100;
  if (typeof share === "number" && share >= 0.001 && share <= 0.5) return share;
  throw new SettingsError(`precision must be from 0.1% to 50%, as in 2%: "${given}" is not`);
}

const DURATION_UNITS_NS: Readonly<Record<string, number>> = {
  ms: 1e6,
  s: 1e9,
  min: 60e9,
  h: 3_600e9,
};

/** A duration of at least a second and at most a day. */
function parseDuration(what: string, given: number | string): number {
  const [, digits, unit] = typeof given === "string"
    ? /^(\d{1,9}(?:\.\d{1,6})?) ?(ms|s|min|h)$/.exec(given) ?? []
    : [];
  const ns = unit === undefined ? given : Number(digits) * DURATION_UNITS_NS[unit]!;
  if (typeof ns === "number" && ns >= 1e9 && ns <= MAX_BUDGET_NS) return ns;
  throw new SettingsError(`${what} must be from 1s to 24h, as in 120s or 2min: "${given}" is not`);
}

/** A seed for a run that names none; it is recorded, so that the run can be repeated. */
function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

function oneOf<T extends string>(what: string, given: string, allowed: readonly T[]): T {
  const found = allowed.find((item) => item === given);
  if (found !== undefined) return found;
  throw new SettingsError(
    `${what} must be one of ${allowed.join(", ")}: "${given}" is not`,
    given,
    allowed,
  );
}

function names(what: string, given: readonly string[] = [], known: readonly string[]) {
  for (const name of given) {
    if (known.includes(name)) continue;
    throw new SettingsError(
      `there is no ${what} "${name}" (there is ${known.join(", ")})`,
      name,
      known,
    );
  }
  return [...new Set(given)];
}

function nonEmptyTexts(what: string, given: readonly string[] = []): readonly string[] {
  if (given.some((text) => text.trim() === "")) {
    throw new SettingsError(`${what} must not be empty`);
  }
  return [...new Set(given)];
}

function wholeNumber(what: string, given: number | string, min: number, max: number): number {
  const value = typeof given === "string" && /^\d{1,16}$/.test(given) ? Number(given) : given;
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw new SettingsError(
    `${what} must be a whole number from ${min} to ${max}: "${given}" is not`,
  );
}

/** Values must suit every selected scenario that has the parameter; `--scenario` narrows that down. */
function parseParams(
  given: NonNullable<SettingsInput["params"]>,
  selected: readonly string[],
  catalog: Catalog,
): Settings["params"] {
  const scenarios = [...catalog.scenarios.values()]
    .filter((scenario) => selected.length === 0 || selected.includes(scenario.id));
  const parsed: Record<string, readonly (number | string)[]> = {};
  for (const [name, values] of Object.entries(given)) {
    if (name === "pin") {
      throw new SettingsError("pin is no parameter of a scenario: ask for it with --pin");
    }
    const specs = specsOf(name, scenarios);
    if (values.length === 0) throw new SettingsError(`parameter ${name} has no value`);
    const unique = new Set(
      values.map((value) => specs.map((spec) => parseParameter(spec, value))[0]!),
    );
    parsed[name] = [...unique];
  }
  return parsed;
}

function specsOf(name: string, scenarios: readonly Scenario[]): readonly ParameterSpec[] {
  const all = scenarios.flatMap((scenario) => scenario.parameters);
  const specs = all.filter((spec) => spec.name === name);
  if (specs.length > 0) return specs;
  const known = [...new Set(all.map((spec) => spec.name))];
  if (name === "peers" && known.includes("clients")) {
    throw new SettingsError("parameter peers is now called clients");
  }
  const where = scenarios.length === 1 ? `scenario ${scenarios[0]!.id}` : "no selected scenario";
  throw new SettingsError(
    scenarios.length === 1
      ? `${where} has no parameter "${name}" (it has ${known.join(", ") || "none"})`
      : `${where} has a parameter "${name}" (there is ${known.join(", ") || "none"})`,
    name,
    known,
  );
}

/** The value that a text stands for. Throws a {@link SettingsError} where the parameter has no such value. */
export function parseParameter(spec: ParameterSpec, given: number | string): number | string {
  if (spec.kind === "choice") {
    const choices = spec.choices ?? [];
    if (choices.includes(String(given))) return String(given);
    throw new SettingsError(
      `parameter ${spec.name} must be one of ${choices.join(", ")}: "${given}" is not`,
      String(given),
      choices,
    );
  }
  if (spec.kind === "count") {
    return wholeNumber(`parameter ${spec.name}`, given, spec.min ?? 1, spec.max ?? MAX_COUNT);
  }
  if (isUnresolved(given)) return given;
  const bytes = typeof given === "number" ? given : parseSize(given);
  if (bytes === null || !Number.isInteger(bytes)) {
    throw new SettingsError(
      `parameter ${spec.name} must be a size such as 64, 16k, 1KiB, 1MiB, largest or segment: "${given}" is not`,
      String(given),
      ["largest", "segment"],
    );
  }
  const min = spec.min ?? 1;
  const max = Math.min(spec.max ?? MAX_SIZE_BYTES, MAX_SIZE_BYTES);
  if (bytes >= min && bytes <= max) return bytes;
  throw new SettingsError(
    `parameter ${spec.name} must be from ${min} to ${max} bytes: "${given}" is not`,
  );
}
