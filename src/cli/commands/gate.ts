import type { Command } from "../command.ts";
import { POLICY_OPTIONS, VERDICT_OPTIONS } from "./gate_options.ts";
import { MODULE_OPTION } from "./shared_options.ts";

/** `sockbench gate`. */
export const gateCommand: Command = {
  name: "gate",
  endsInVerdict: true,
  summary: "Fail when this machine is slower than a stored baseline",
  description: [
    "Compares a candidate with a record that was stored before. Without a candidate it measures the baseline's cells now, " +
    "as the baseline did. A baseline is worth something on the machine that made it: where the environments do not match, " +
    "nothing is judged and the exit code is 3. On machines that come and go, as in most CI, use ab.",
    "Exit codes: 0 pass, 1 regressed, 2 wrong input, 3 cannot judge, 130 interrupted.",
  ],
  positionals: [],
  options: [
    {
      name: "baseline",
      short: "b",
      value: "file",
      description: "The record compared against, as run wrote it; required",
    },
    {
      name: "candidate",
      short: "c",
      value: "file",
      description: "The record in question",
      default: "measured now",
    },
    ...POLICY_OPTIONS,
    MODULE_OPTION,
    ...VERDICT_OPTIONS,
  ],
  retired: {
    normalize:
      "--normalize is gone, as it narrowed one kind of cell in four: measure the baseline on this machine, or use ab",
  },
  examples: [
    {
      line: "deno task sockbench gate --baseline reports/baseline.json",
      description: "Measure the baseline's cells now and judge them",
    },
    {
      line:
        "deno task sockbench gate --baseline old.json --candidate new.json --metric p50,p99 -f junit",
      description: "Judge two records, for a CI system that reads JUnit",
    },
  ],
  load: async () => (await import("../actions/gate.ts")).gate,
};
