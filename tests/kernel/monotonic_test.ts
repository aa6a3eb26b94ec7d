import { assert } from "@std/assert";
import { readKernelFile } from "../../src/kernel/kernel_file.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import { rawMonotonicNs } from "../../src/kernel/monotonic.ts";

const ignore = !openKernel().available;

Deno.test({
  name: "rawMonotonicNs() never goes back, and moves on",
  ignore,
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
  name:
    "rawMonotonicNs() is the age of the machine, as /proc/uptime has it but for what time services corrected",
  ignore,
  fn() {
    const uptimeNs = Number(readKernelFile("/proc/uptime")!.split(" ")[0]) * 1e9;
    // A time service corrects by 500 ppm at most; sleep of a laptop counts in uptime only.
    assert(rawMonotonicNs() <= uptimeNs * 1.001 + 10e9);
    assert(rawMonotonicNs() > 0);
  },
});
