import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fitName, textWidth } from "../../../src/report/chart/svg.ts";

Deno.test("fitName() keeps both ends of a name, as long names of one kind differ there", () => {
  const name = "nagle/tcp/nagle=on,pattern=write-write-read,header=64,body=256";
  const cut = fitName(name, 200, 10);
  const [head = "", tail = "", ...more] = cut.split("…");
  assertEquals(more, []);
  assert(name.startsWith(head) && name.endsWith(tail), cut);
  assert(head.includes("nagle=on") && tail.endsWith("body=256"), cut);
  assertEquals(fitName(name, 2_000, 10), name);
});

Deno.test("fitName() fits whatever room there is for an ellipsis", () => {
  fc.assert(fc.property(
    fc.string({ unit: "binary", maxLength: 80 }),
    fc.integer({ min: 10, max: 400 }),
    (name, width) => {
      assert(textWidth(fitName(name, width, 10), 10) <= width + 1e-6);
    },
  ));
});
