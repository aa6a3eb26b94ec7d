/** For every claim a change under which the same measurement comes to another verdict. */

import "../support/open_quic.ts";
import { assert, assertEquals } from "@std/assert";
import { claims } from "../../src/claim/registry.ts";
import { needs } from "../support/needs.ts";
import { bufferControls } from "./controls/buffers.ts";
import { connectionControls } from "./controls/connections.ts";
import { familyControls } from "./controls/families.ts";
import { messageControls } from "./controls/messages.ts";
import { runtimeControls } from "./controls/runtime.ts";
import type { Control } from "./controls/control.ts";

/** Facts made by hand are enough for this many claims, each with its reason. */
const MAX_BY_HAND = 10;

const controls: readonly Control[] = [
  ...bufferControls,
  ...messageControls,
  ...connectionControls,
  ...familyControls,
  ...runtimeControls,
];

Deno.test("every claim has a control", () => {
  const controlled = new Set(controls.map(({ claim }) => claim));
  assertEquals(claims.map(({ number }) => number), Array.from({ length: 40 }, (_, k) => k + 1));
  assertEquals(claims.filter(({ number }) => !controlled.has(number)).map(({ id }) => id), []);
  for (const { number, rule, control } of claims) {
    assert(Object.keys(rule).length >= 2, `claim ${number} can come to one verdict only`);
    assert(control.length > 0, `claim ${number} names no control`);
  }
});

Deno.test("at most ten claims have a control made of facts alone, each with its reason", () => {
  const byHand = controls.filter((one) => one.byHand !== undefined).map(({ claim }) => claim);
  assert(new Set(byHand).size <= MAX_BY_HAND, `by hand: ${byHand.join(", ")}`);
});

for (const control of controls) {
  const { claim: number, change, verdict } = control;
  const claim = claims.find((one) => one.number === number)!;
  Deno.test({
    ...needs(`claim ${number}, with ${change}: ${verdict}`, ...(control.needs ?? [])),
    async fn() {
      const decision = await control.decide();
      assertEquals(decision.verdict, verdict, `${decision.answer}\n${decision.seen.join("\n")}`);
      assert(verdict in claim.rule, `the rule of claim ${number} knows no "${verdict}"`);
      assert(!/undefined|NaN|null/.test(JSON.stringify([decision.answer, decision.seen])));
    },
  });
}
