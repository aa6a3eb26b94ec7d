import { assert, assertEquals, assertThrows } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { PROFILES } from "../../src/plan/profile.ts";
import {
  createSettings,
  MAX_ROUNDS,
  MAX_SEED,
  MAX_SIZE_BYTES,
  PROFILE_NAMES,
  SettingsError,
  type SettingsInput,
} from "../../src/plan/settings.ts";

const catalog = createCatalog();
const settle = (input: SettingsInput) => createSettings(input, catalog);
const refuse = (message: string, input: SettingsInput) =>
  assertThrows(() => settle(input), SettingsError, message);

Deno.test("createSettings() completes nothing to a standard run with a fresh seed", () => {
  const { seed, ...rest } = settle({});
  assertEquals(rest, {
    profile: "standard",
    scenarios: [],
    transports: [],
    cases: [],
    params: {},
    rounds: PROFILES.standard.rounds,
    peer: rest.peer,
    pins: [],
    cores: [],
    modules: [],
    budgetNs: 120e9,
  });
  assert(Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED);
  assert(new Set(Array.from({ length: 8 }, () => settle({}).seed)).size > 1);
});

Deno.test("createSettings() takes the profile's rounds unless told otherwise", () => {
  for (const profile of PROFILE_NAMES) {
    assertEquals(settle({ profile }).rounds, PROFILES[profile].rounds);
    assertEquals(settle({ profile, rounds: 3 }).rounds, 3);
  }
});

Deno.test("createSettings() takes names once and refuses unknown ones with candidates", () => {
  const { scenarios, transports } = settle({
    scenarios: ["nagle", "connect", "nagle"],
    transports: ["unix", "unix"],
  });
  assertEquals([scenarios, transports], [["nagle", "connect"], ["unix"]]);
  const error = refuse('there is no scenario "rtt"', { scenarios: ["rtt"] });
  assertEquals([error.given, error.candidates], ["rtt", [...catalog.scenarios.keys()]]);
  refuse('there is no transport "tcp@libc2"', { transports: ["tcp@libc2"] });
  refuse('profile must be one of quick, standard, thorough: "fast" is not', { profile: "fast" });
  refuse('peer must be one of loop, worker, process: "remote" is not', { peer: "remote" });
  refuse('there is no scenario "constructor"', { scenarios: ["constructor"] });
});

Deno.test("createSettings() takes whole numbers within bounds, as numbers or digits, and nothing else", () => {
  for (const rounds of [1, "1", MAX_ROUNDS, String(MAX_ROUNDS)]) {
    assertEquals(settle({ rounds }).rounds, Number(rounds));
  }
  for (const seed of [0, "0", MAX_SEED, String(MAX_SEED)]) {
    assertEquals(settle({ seed }).seed, Number(seed));
  }
  const nonsense = [
    "",
    " 1",
    "1 ",
    "NaN",
    "-1",
    "+1",
    "1.5",
    "1e3",
    "1e3.5",
    "0x10",
    "Infinity",
    "١",
  ];
  for (const text of [...nonsense, NaN, -1, 0.5, Infinity]) {
    refuse("rounds must be a whole number from 1 to 10000", { rounds: text });
    refuse("seed must be a whole number from 0 to 4294967295", { seed: text });
  }
  refuse("rounds", { rounds: 0 });
  refuse("rounds", { rounds: MAX_ROUNDS + 1 });
  refuse("seed", { seed: MAX_SEED + 1 });
});

Deno.test("createSettings() parses parameters after their kind and drops repetitions", () => {
  const { params } = settle({
    scenarios: ["nagle"],
    params: { header: ["1KiB", 1024, "64"], nagle: ["on"], body: ["largest"] },
  });
  assertEquals(params, { header: [1024, 64], nagle: ["on"], body: ["largest"] });
});

Deno.test("createSettings() refuses parameters that no selected scenario has", () => {
  const error = refuse('no selected scenario has a parameter "byts"', { params: { byts: [1] } });
  assert(error.candidates!.includes("bytes"));
  refuse(
    'scenario round-trip has no parameter "nagle" (it has bytes, request, reply, think, pipeline, address)',
    {
      scenarios: ["round-trip"],
      params: { nagle: ["on"] },
    },
  );
});

Deno.test("createSettings() refuses malformed, empty and absurd parameter values", () => {
  const bytes = (value: string | number) => ({ params: { bytes: [value] } });
  refuse(
    'must be a size such as 64, 16k, 1KiB, 1MiB, largest or segment: "1e3.5" is not',
    bytes("1e3.5"),
  );
  refuse("must be a size", bytes(1.5));
  refuse("must be a size", bytes(NaN));
  refuse(`must be from 1 to ${MAX_SIZE_BYTES} bytes: "0" is not`, bytes(0));
  refuse(`must be from 1 to ${MAX_SIZE_BYTES} bytes`, bytes("9999G"));
  refuse("parameter bytes has no value", { params: { bytes: [] } });
  const choice = refuse('parameter nagle must be one of on, off: "maybe" is not', {
    params: { nagle: ["maybe"] },
  });
  assertEquals(choice.candidates, ["on", "off"]);
});

Deno.test("createSettings() refuses empty globs and modules", () => {
  refuse("case must not be empty", { cases: [" "] });
  refuse("module must not be empty", { modules: [""] });
});

Deno.test("createSettings() reads a precision in percent or as a share, and a budget with its unit", () => {
  const catalog = createCatalog();
  assertEquals(createSettings({ precision: "2%" }, catalog).precision, 0.02);
  assertEquals(createSettings({ precision: 0.015 }, catalog).precision, 0.015);
  assertEquals(createSettings({ budget: "90s" }, catalog).budgetNs, 90e9);
  assertEquals(createSettings({ budget: "1.5min" }, catalog).budgetNs, 90e9);
  for (const precision of ["2", "0%", "60%", "-1%", "NaN%", "2%%", "", "1e1%", 2, NaN]) {
    assertThrows(() => createSettings({ precision }, catalog), SettingsError, "precision must be");
  }
  for (const budget of ["10", "0s", "-5s", "25h", "1e3s", "s", "", 5, NaN]) {
    assertThrows(() => createSettings({ budget }, catalog), SettingsError, "budget must be");
  }
});

Deno.test("createSettings() reads a duration in place of rounds, and refuses both", () => {
  assertEquals(createSettings({ duration: "10s" }, catalog).durationNs, 10e9);
  for (const duration of ["10", "0s", "25h", ""]) {
    assertThrows(() => createSettings({ duration }, catalog), SettingsError, "duration must be");
  }
  const both = { duration: "10s", rounds: 3 };
  assertThrows(
    () => createSettings(both, catalog),
    SettingsError,
    "rounds and duration contradict",
  );
});
