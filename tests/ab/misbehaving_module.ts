/**
 * A user's module whose workloads misbehave in the agent, for tests of jobs that must end with a name and a reason.
 *
 * @module
 */

import type { SockbenchModule } from "../../src/catalog.ts";
import type { Scenario } from "../../src/model/scenario.ts";
import { pingPong } from "../../src/workload/ping_pong.ts";
import type { DriveContext, Workload } from "../../src/workload/workload.ts";

let driven = 0;

function misbehaving(name: string, act: (context: DriveContext) => Promise<void>): Workload {
  return {
    ...pingPong,
    name,
    async drive(context) {
      // The first is the agent's warm-up.
      if (++driven > 1) await act(context);
      return await pingPong.drive(context);
    },
  };
}

const acts: Readonly<Record<string, (context: DriveContext) => Promise<void>>> = {
  "agent-exits": () => Deno.exit(9),
  "agent-prints": async () => {
    await Deno.stdout.write(new TextEncoder().encode("rubbish\n"));
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  "agent-spins": () => {
    while (true);
  },
  "trial-fails": () => Promise.reject(new Error("broken on purpose")),
};

function scenario(id: string): Scenario {
  const grid = [{ transports: ["tcp"], params: { bytes: [64] } }];
  return {
    id,
    question: "What happens when it goes wrong?",
    operation: "exchange",
    parameters: [{ name: "bytes", kind: "size", description: "size of the request" }],
    metrics: ["p50"],
    columns: ["transport"],
    contrasts: [],
    notes: [],
    workload: id,
    fixed: { nagle: "off" },
    grid: { quick: grid, standard: grid, thorough: grid },
    // One warm-up is enough of a case that says how many exchanges it has.
    budget: () => ({ warmupNs: 0, measureNs: 60e9, maxOperations: 20 }),
    expectedNs: () => 20e6,
  };
}

const module: SockbenchModule = {
  workloads: Object.entries(acts).map(([name, act]) => misbehaving(name, act)),
  scenarios: Object.keys(acts).map(scenario),
};

export default module;
