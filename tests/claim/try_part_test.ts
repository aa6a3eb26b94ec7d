import { assert, assertEquals } from "@std/assert";
import { tryPart } from "../../src/claim/try_part.ts";
import { SystemError } from "../../src/kernel/system_error.ts";
import { needs } from "../support/needs.ts";
import { LIBC, NAMESPACES } from "./controls/control.ts";
import { withLab } from "./lab.ts";

/** As a kernel does that gives filters on TCP sockets to CAP_NET_ADMIN alone. */
const refuse = () =>
  Promise.reject(new SystemError("setsockopt(SO_ATTACH_FILTER)", 1, "Operation not permitted"));

Deno.test({
  ...needs(
    "tryPart() makes a part that lacks a right in a namespace where it has it",
    LIBC,
    NAMESPACES,
  ),
  async fn() {
    const claim = { id: "emptied-by-acknowledgement", parts: { lost: refuse } };
    const { facts, reason } = await withLab((lab) => tryPart(claim, "lost", lab));
    assertEquals(reason, undefined);
    const [lost] = facts!.moments as readonly { unacknowledged: number; notSent: number }[];
    assertEquals([lost!.unacknowledged, lost!.notSent], [8, 0]);
  },
});

Deno.test({
  ...needs("tryPart() gives both reasons where a namespace does not help", LIBC),
  async fn() {
    const claim = { id: "no-such-claim", parts: { lost: refuse } };
    const { facts, reason } = await withLab((lab) => tryPart(claim, "lost", lab));
    assertEquals(facts, undefined);
    assert(/SO_ATTACH_FILTER.*; in a namespace: /.test(reason!), reason);
  },
});

Deno.test({
  ...needs("tryPart() takes no other failure for a missing right", LIBC),
  async fn() {
    const parts = { lost: () => Promise.reject(new TypeError("a fault\nof its own")) };
    const { reason } = await withLab((lab) => tryPart({ id: "x", parts }, "lost", lab));
    assertEquals(reason, "a fault of its own");
  },
});
