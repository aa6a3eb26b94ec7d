// Options that mean the same in several commands, declared once.

import { PINS } from "../../plan/placement.ts";
import { DEFAULT_PEER, DEFAULT_PROFILE, PEERS, PROFILE_NAMES } from "../../plan/settings.ts";
import type { OptionSpec } from "../command.ts";

/** `--profile`. */
export const PROFILE_OPTION: OptionSpec = {
  name: "profile",
  value: "name",
  choices: PROFILE_NAMES,
  description: "How long and how wide",
  default: DEFAULT_PROFILE,
};

/** `--peer`. */
export const PEER_OPTION: OptionSpec = {
  name: "peer",
  value: "place",
  choices: PEERS,
  description: "Where the other end runs: same event loop, own thread, own process",
  default: DEFAULT_PEER,
};

/** `--pin`. */
export const PIN_OPTION: OptionSpec = {
  name: "pin",
  value: "how",
  choices: PINS,
  list: true,
  description: "Tie the two ends to one core (same) or to one each (cross); needs --allow-ffi",
};

/** `--cores`. */
export const CORES_OPTION: OptionSpec = {
  name: "cores",
  value: "a,b",
  list: true,
  description: "With --pin: the driver's core, and the peer's where it has its own",
  default: "the first two of this process",
};

/** `--module`. */
export const MODULE_OPTION: OptionSpec = {
  name: "module",
  value: "file",
  multiple: true,
  description: "A module of your own with further transports, workloads, scenarios or metrics",
};

/** `--json`. */
export const JSON_OPTION: OptionSpec = {
  name: "json",
  description: "Print JSON instead of text",
};
