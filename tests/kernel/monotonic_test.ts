import { assert } from "@std/assert";
import { readKernelFile } from "../../src/kernel/kernel_file.ts";
import { rawMonotonicNs } from "../../src/kernel/monotonic.ts";
import { LIBC, needs } from "../support/needs.ts";

Deno.test({
  ...needs("rawMonotonicNs() never goes back, and moves on", LIBC),
  fn() {
    const first = rawMonotonicNs();
    let last = first, moved = 0;
    for (let i = 0; i < 10_000; i++) {
      const now = rawMonotonicNs();
      assert(now >= last);
      if (now > last) moved++;
      last = now;
    }
    assert(moved > 0 && Number.isInteger(first));
  },
});

Deno.test({
  ...needs(
    "rawMonotonicNs() is the age of the machine, as /proc/uptime has it but for what time services corrected",
    LIBC,
  ),
  fn() {
    const uptimeNs = Number(readKernelFile("/proc/uptime")!.split(" ")[0]) * 1e9;
    // A time service corrects by 500 ppm at most; sleep of a laptop counts in uptime only.
    assert(rawMonotonicNs() <= uptimeNs * 1.001 + 10e9);
    assert(rawMonotonicNs() > 0);
  },
});
