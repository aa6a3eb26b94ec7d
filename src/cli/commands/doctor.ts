import type { Command } from "../command.ts";
import { JSON_OPTION, PEER_OPTION } from "./shared_options.ts";

/** `sockbench doctor`. */
export const doctorCommand: Command = {
  name: "doctor",
  summary: "Say how well this machine can measure: clock, noise, permissions, transports",
  description: [
    "Shows the runtime, the kernel and its socket settings, the transports, what each missing permission costs, and the " +
    "clock's resolution; then measures how much an idle round trip varies from trial to trial. Takes a few seconds.",
  ],
  positionals: [],
  options: [JSON_OPTION, {
    ...PEER_OPTION,
    description: "Where the other end of the noise test runs",
  }],
  examples: [
    { line: "deno task sockbench doctor", description: "Is this machine quiet enough?" },
    { line: "deno task sockbench doctor --json", description: "The same for a program" },
  ],
  load: async () => (await import("../actions/doctor.ts")).doctor,
};
