import { assert, assertEquals } from "@std/assert";
import { cpuUsage } from "node:process";
import { readKernelFile } from "../../src/kernel/kernel_file.ts";
import { requireLibc } from "../../src/kernel/libc.ts";
import { readUsage } from "../../src/kernel/rusage.ts";
import { LIBC, needs } from "../support/needs.ts";

Deno.test({
  ...needs("readUsage() grows with work, and the thread's share is within the process's", LIBC),
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
  ...needs("readUsage() finds the switches where the structure has them", LIBC),
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
  ...needs("readUsage() counts page faults of fresh memory as minor ones", LIBC),
  fn() {
    const before = readUsage("thread");
    const bytes = new Uint8Array(64 * 1024 * 1024).fill(1);
    const after = readUsage("thread");
    assertEquals(bytes.at(-1), 1);
    // 16384 pages of 4 KiB, fewer where the kernel gives huge ones (2 MiB).
    assert(after.minorFaults - before.minorFaults >= 16);
  },
});

Deno.test({
  ...needs(
    "readUsage() agrees with the runtime's own account of the process, user and kernel apart, seconds included",
    LIBC,
  ),
  fn() {
    // Beyond a second of user time: seconds and microseconds are two numbers. Asking takes the kernel's time, sorting this process's.
    const numbers = Float64Array.from({ length: 1e5 }, (_, i) => i * 7919 % 1e5);
    while (readUsage("process").userNs < 1e9) numbers.toSorted();
    const before = cpuUsage();
    const { userNs, systemNs } = readUsage("process");
    const after = cpuUsage();
    assert(userNs >= 1e9 && userNs / 1e3 >= before.user && userNs / 1e3 <= after.user, `${userNs}`);
    assert(systemNs / 1e3 >= before.system && systemNs / 1e3 <= after.system, `${systemNs}`);
  },
});

Deno.test({
  ...needs(
    "readUsage() agrees with what /proc counts: switches of the thread, faults of the process",
    LIBC,
  ),
  fn() {
    const switches = () => {
      const status = readKernelFile("/proc/thread-self/status")!;
      return ["voluntary", "nonvoluntary"].map((name) =>
        Number(new RegExp(`^${name}_ctxt_switches:\\s*(\\d+)$`, "m").exec(status)![1])
      );
    };
    const faults = () => {
      // Its second field, the name, may hold anything up to the last bracket; minflt is the 10th and majflt the 12th.
      const fields = readKernelFile("/proc/self/stat")!.replace(/^.*\) /s, "").split(" ");
      return [Number(fields[7]), Number(fields[9])];
    };
    const before = [...switches(), ...faults()];
    const thread = readUsage("thread"), process = readUsage("process");
    const after = [...switches(), ...faults()];
    const read = [
      thread.voluntarySwitches,
      thread.involuntarySwitches,
      process.minorFaults,
      process.majorFaults,
    ];
    read.forEach((count, i) =>
      assert(before[i]! <= count && count <= after[i]!, `${before} ${read} ${after}`)
    );
  },
});
