/**
 * A user's module whose heads are slower, leakier or worse in a known way, one a scenario: what a gate must find by default.
 *
 * @module
 */

import type { SockbenchModule } from "../../src/catalog.ts";
import type { Scenario } from "../../src/model/scenario.ts";
import type { Channel } from "../../src/transport/channel.ts";
import { bulk } from "../../src/workload/bulk.ts";
import { connect } from "../../src/workload/connect.ts";
import { pingPong } from "../../src/workload/ping_pong.ts";
import type { DriveContext, Workload } from "../../src/workload/workload.ts";

/** What happens before the n-th write, or connection, of a process. */
type Fault = (n: number, clock: DriveContext["clock"]) => void | Promise<void>;

function spin(clock: DriveContext["clock"], us: number): void {
  for (const untilNs = clock.nowNs() + us * 1e3; clock.nowNs() < untilNs;);
}

const kept: Uint8Array[] = [];

/** By scenario: the workload, its headline, and what is wrong with it. */
const HEADS: Readonly<Record<string, readonly [Workload, string, Fault]>> = {
  "unchanged": [pingPong, "p50", () => {}],
  "tenth-slow": [pingPong, "p50", (n, clock) => n % 10 === 0 ? spin(clock, 200) : undefined],
  "spinning-stall": [pingPong, "p50", (n, clock) => n % 250 === 0 ? spin(clock, 5_000) : undefined],
  "sleeping-stall": [
    pingPong,
    "p50",
    (n) => n % 250 === 0 ? new Promise((wake) => setTimeout(wake, 5)) : undefined,
  ],
  "two-fifths-slow": [pingPong, "p50", (n, clock) => n % 5 < 2 ? spin(clock, 40) : undefined],
  "talkative": [pingPong, "p50", () => void Deno.lstatSync(import.meta.filename!)],
  // One call more every twenty exchanges: no two trials are alike.
  "fickle": [pingPong, "p50", (n) => {
    for (let k = 0; k < n / 20; k++) Deno.lstatSync(import.meta.filename!);
  }],
  "leaky": [pingPong, "p50", () => void kept.push(new Uint8Array(1024).fill(1))],
  "refusing": [connect, "connectP50", (n) => {
    if (n % 10 === 0) throw new Deno.errors.ConnectionRefused("refused on purpose");
  }],
  "halved": [bulk, "bytesPerSecond", (_n, clock) => spin(clock, 20)],
};

/** The ids of the scenarios. */
export const FAULTS: readonly string[] = Object.keys(HEADS);

function workload(id: string, isFaulty: boolean): Workload {
  const [own, , fault] = HEADS[id]!;
  if (!isFaulty) return { ...own, name: id };
  let n = 0;
  return {
    ...own,
    name: id,
    drive(context) {
      const open = async () => {
        if (own === connect) await fault(++n, context.clock);
        const channel = await context.open();
        return own === connect ? channel : faulty(channel, () => fault(++n, context.clock));
      };
      return own.drive({ ...hoisted(context), open });
    },
  };
}

/** Of an object of a class the spread has no methods. */
function hoisted(context: DriveContext): DriveContext {
  const { clock, params, budget } = context;
  return {
    clock,
    params,
    budget,
    open: () => context.open(),
    settle: (connections) => context.settle(connections),
    hasMeasured: () => context.hasMeasured(),
    begin: () => context.begin(),
    end: () => context.end(),
  };
}

function faulty(channel: Channel, act: () => void | Promise<void>): Channel {
  if (channel.mode !== "stream") return channel;
  return new Proxy(channel, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "write") return value.bind(target);
      return async (data: Uint8Array<ArrayBuffer>) => {
        await act();
        return await target.write(data);
      };
    },
  });
}

function scenario(id: string): Scenario {
  const grid = [{ transports: ["tcp"], params: { bytes: [64] } }];
  const [own, headline] = HEADS[id]!;
  return {
    id,
    question: "Does the gate find it?",
    operation: own === connect ? "connect" : own === bulk ? "message" : "exchange",
    parameters: [{ name: "bytes", kind: "size", description: "size of a message" }],
    metrics: [headline],
    columns: ["transport"],
    contrasts: [],
    notes: [],
    workload: id,
    fixed: { nagle: "off", ...(own === bulk && { read: 65_536 }) },
    grid: { quick: grid, standard: grid, thorough: grid },
  };
}

/** The module, as it is or with its faults. */
export function faultyModule(isFaulty: boolean): SockbenchModule {
  return {
    workloads: FAULTS.map((id) => workload(id, isFaulty)),
    scenarios: FAULTS.map(scenario),
  };
}
