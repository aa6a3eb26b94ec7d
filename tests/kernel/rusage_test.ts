import { assert, assertEquals } from "@std/assert";
import { openKernel, requireLibc } from "../../src/kernel/libc.ts";
import { readUsage } from "../../src/kernel/rusage.ts";

const ignore = !openKernel().available;

Deno.test({
  name: "readUsage() grows with work, and the thread's share is within the process's",
  ignore,
  fn() {
    const before = readUsage("thread");
    let after = before;
    // Ends after 2 ms of CPU time of this thread, however long that takes.
    while (after.userNs + after.systemNs < before.userNs + before.systemNs + 2e6) {
      after = readUsage("thread");
    }
    const process = readUsage("process");
    assert(process.userNs + process.systemNs >= after.userNs + after.systemNs);
    assert(process.minorFaults >= after.minorFaults && process.majorFaults >= after.majorFaults);
  },
});

Deno.test({
  name: "readUsage() finds the switches where the structure has them",
  ignore,
  fn() {
    const { poll } = requireLibc().symbols;
    const before = readUsage("thread");
    // Each wait for nothing gives the core up once.
    for (let i = 0; i < 20; i++) poll(new Uint8Array(0), 0n, 1);
    const after = readUsage("thread");
    assert(after.voluntarySwitches - before.voluntarySwitches >= 20);
    assert(after.userNs < 1e15 && after.systemNs < 1e15);
  },
});

Deno.test({
  name: "readUsage() counts page faults of fresh memory as minor ones",
  ignore,
  fn() {
    const before = readUsage("thread");
    const bytes = new Uint8Array(64 * 1024 * 1024).fill(1);
    const after = readUsage("thread");
    assertEquals(bytes.at(-1), 1);
    // 16384 pages of 4 KiB, fewer where the kernel gives huge ones (2 MiB).
    assert(after.minorFaults - before.minorFaults >= 16);
  },
});
