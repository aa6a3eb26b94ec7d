import { assertEquals, assertThrows } from "@std/assert";
import { createCatalog, type SockbenchModule } from "../src/catalog.ts";
import type { Scenario } from "../src/model/scenario.ts";
import { roundTrip } from "../src/scenario/round_trip.ts";
import { tcp } from "../src/transport/tcp.ts";

const mine: Scenario = { ...roundTrip, id: "mine" };
const refused = (changes: Partial<Scenario>, why: string) =>
  assertThrows(() => createCatalog([{ scenarios: [{ ...mine, ...changes }] }]), Error, why);

Deno.test("createCatalog() adds a module's parts to the built-in ones", () => {
  const catalog = createCatalog([{ transports: [{ ...tcp, name: "mine" }], scenarios: [mine] }]);
  assertEquals(catalog.transports.size, createCatalog().transports.size + 1);
  assertEquals(catalog.scenarios.get("mine"), mine);
});

Deno.test("createCatalog() refuses a name that is taken", () => {
  assertThrows(() => createCatalog([{ transports: [tcp] }]), Error, '"tcp": the name is taken');
});

Deno.test("createCatalog() refuses a scenario that refers to what does not exist", () => {
  refused({ workload: "nothing" }, 'its workload "nothing" is not defined');
  refused({ metrics: [] }, "it names no metric");
  refused({ metrics: ["p50", "nothing"] }, 'its metric "nothing" is not defined');
  refused(
    { contrasts: [{ factor: "transport", base: "tcp", metric: "nothing" }] },
    'its metric "nothing" is not defined',
  );
  refused(
    { contrasts: [{ factor: "nothing", base: "tcp", metric: "p50" }] },
    'it compares by "nothing", which is no parameter',
  );
  refused({ columns: ["nothing"] }, 'it compares by "nothing"');
  refused({ search: ["nothing"] }, 'it searches by "nothing"');
});

Deno.test("createCatalog() refuses a part that is no list of named objects, as a module without types may have", () => {
  const rows: [module: unknown, why: string][] = [
    [{ scenarios: 7 }, "Cannot use a module's scenarios: they must be a list, not number"],
    [{ transports: [tcp.name] }, 'transports[0]: it must be an object with a text "name"'],
    [{ workloads: [null] }, 'workloads[0]: it must be an object with a text "name"'],
    [{ metrics: [{ name: "x" }] }, 'metrics[0]: it must be an object with a text "id"'],
    [{ scenarios: [{ id: "mine" }] }, 'Cannot use scenario "mine": question must be a text'],
  ];
  for (const [module, why] of rows) {
    assertThrows(() => createCatalog([module as SockbenchModule]), Error, why);
  }
});
