import { assertStringIncludes } from "@std/assert";
import { assertRefused, sockbench, sockbenchHere, temporaryDirectory } from "./sockbench.ts";

const from = (path: string) => JSON.stringify(import.meta.resolve(`../../src/${path}`));
const IMPORTS = `import { tcp } from ${from("transport/tcp.ts")};
import { udp } from ${from("transport/udp.ts")};
import { pingPong } from ${from("workload/ping_pong.ts")};
import { roundTrip } from ${from("scenario/round_trip.ts")};
`;

/** The default export of a module with a mistake, and what is said of it. */
const MISTAKES: readonly (readonly [string, RegExp])[] = [
  [`{ get transports() { throw null; } }`, /Cannot use module \S+: null/],
  [
    `(() => { throw Object.create(null); })()`,
    /Cannot load module \S+: \[Object: null prototype\]/,
  ],
  [
    `{ transports: [{ ...tcp, name: "mine", probe: undefined }] }`,
    /transport "mine": probe must be a function: it is missing/,
  ],
  [
    `{ transports: [{ name: "mine", title: "Mine", driver: "deno", mode: "stream", probe() {} }] }`,
    /transport "mine": listen must be a function: it is missing/,
  ],
  [
    `{ transports: [{ ...udp, name: "mine", bind: 5 }] }`,
    /transport "mine": bind must be a function: it is 5/,
  ],
  [
    `{ transports: [{ ...tcp, name: "mine", mode: "streams" }] }`,
    /transport "mine": mode must be one of stream, datagram: it is "streams"/,
  ],
  [
    `{ transports: [{ ...tcp, name: "mine", driver: undefined }] }`,
    /transport "mine": driver must be a text: it is missing/,
  ],
  [
    `{ workloads: [{ ...pingPong, name: "mine", serve: undefined }] }`,
    /workload "mine": serve must be a function: it is missing/,
  ],
  [
    `{ workloads: [{ ...pingPong, name: "mine", modes: "stream" }] }`,
    /workload "mine": modes must be a list: it is "stream"/,
  ],
  [
    `{ scenarios: [{ ...roundTrip, id: "mine", grid: undefined }] }`,
    /scenario "mine": grid must be an object: it is missing/,
  ],
  [
    `{ scenarios: [{ ...roundTrip, id: "mine", grid: { quick: [] } }] }`,
    /scenario "mine": grid\.standard must be a list: it is missing/,
  ],
  [
    `{ scenarios: [{ ...roundTrip, id: "mine", grid: { quick: [{ transports: ["tcp"], params: { bytes: 64 } }] } }] }`,
    /scenario "mine": grid\.quick\[0\]\.params\.bytes must be a list: it is 64/,
  ],
  [
    `{ scenarios: [{ ...roundTrip, id: "mine", grid: { quick: [{ params: {} }] } }] }`,
    /scenario "mine": grid\.quick\[0\]\.transports must be a list: it is missing/,
  ],
  [
    `{ scenarios: [{ ...roundTrip, id: "mine", notes: undefined }] }`,
    /scenario "mine": notes must be a list: it is missing/,
  ],
  [
    `{ scenarios: [{ ...roundTrip, id: "mine", parameters: [{ kind: "size" }] }] }`,
    /scenario "mine": parameters\[0\]\.name must be a text: it is missing/,
  ],
  [
    `{ metrics: [{ id: "mine", unit: "lightyears", better: "lower", title: "Mine", description: "Far." }] }`,
    /metric "mine": .* unit must be one of ns, /,
  ],
  [`{ transports: [tcp] }`, /transport "tcp": the name is taken/],
  [`{ scenarios: [{ ...roundTrip, id: "mine", workload: "none" }] }`, /"none" is not defined/],
  [`{ transport: [{ ...tcp, name: "mine" }] }`, /its "transport" is none of transports, workloads/],
  [`[{ ...tcp, name: "mine" }]`, /its "0" is none of transports, workloads, scenarios, metrics/],
  [
    `{ scenarios: [{ ...roundTrip, id: "mine", budget() { throw new Error("no idea"); } }] }`,
    /scenario "mine" cannot be planned: no idea/,
  ],
  [
    `{ scenarios: [{ ...roundTrip, id: "mine", budget: () => ({ warmupNs: "1 ms" }) }] }`,
    /scenario "mine" cannot be planned: its budget must have warmupNs and measureNs/,
  ],
  [
    `{ scenarios: [{ ...roundTrip, id: "mine", expectedNs: () => NaN }] }`,
    /scenario "mine" cannot be planned: its expectedNs must give a number of at least 0/,
  ],
  [`5`, /it must export default \{ transports, workloads, scenarios \}/],
];

for (const [index, [module, sentence]] of MISTAKES.entries()) {
  Deno.test(`sockbench run refuses a module that exports ${module}, and names it`, async () => {
    await using directory = await temporaryDirectory();
    const path = `${directory.path}/bench.ts`;
    await Deno.writeTextFile(path, `${IMPORTS}export default ${module};\n`);
    const words = ["run", "--module", path, "--profile=quick", "--rounds=1", "--peer=loop"];
    const outcome = await sockbenchHere(words, directory.path);
    assertRefused(outcome, sentence);
    // Some as a user runs them, too: there a process of its own loads the module.
    if (index % 8 === 0) assertRefused(await sockbench(words, { cwd: directory.path }), sentence);
    // What shows only while it is planned is named by its scenario.
    if (!/cannot be planned/.test(outcome.err)) assertStringIncludes(outcome.err, "bench.ts");
  });
}
