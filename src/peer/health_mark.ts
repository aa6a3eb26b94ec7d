// What kept one end of a trial off its CPU, as totals at a mark: read by the driver and by the peer, each of itself.

import type { CpuGroup, Throttling } from "../kernel/cpu_groups.ts";
import { findCpuGroups, GROUP_PATHS, readThrottling } from "../kernel/cpu_groups.ts";
import { readKernelFile } from "../kernel/kernel_file.ts";
import { rawMonotonicNs } from "../kernel/monotonic.ts";
import { openKernel } from "../kernel/libc.ts";

/** One end of a trial at one moment. Plain data: it crosses threads and processes. In nanoseconds, on this end's clock; `waitNs`: ready without a CPU; `throttling`: absent where no group limits CPU time. */
export type HealthMark = Readonly<
  { atNs: number; waitNs?: number; runNs?: number; throttling?: Throttling }
>;

/** Of the thread that measures or serves: that a helper thread of the runtime waits keeps neither end. */
const SCHEDSTAT = "/proc/thread-self/schedstat";

let groups: readonly CpuGroup[] | undefined;

/** Looked up once per thread: processes are put into their group before they start to work. */
function ownGroups(): readonly CpuGroup[] {
  return groups ??= findCpuGroups(
    readKernelFile(GROUP_PATHS.groups) ?? "",
    readKernelFile(GROUP_PATHS.mounts) ?? "",
  );
}

/** Reads the calling thread and its control groups: about 30 µs. Returns `undefined` where nothing could be read. */
export function readHealthMark(): HealthMark | undefined {
  if (!openKernel().available) return undefined;
  try {
    const [runNs = 0, waitNs] = (readKernelFile(SCHEDSTAT) ?? "").trim().split(" ").map(Number);
    const throttling = readThrottling(ownGroups(), readKernelFile);
    return {
      atNs: rawMonotonicNs(),
      // A kernel that does not count says 0, which no thread that reads this can have run.
      ...(runNs > 0 && waitNs !== undefined && { runNs, waitNs }),
      ...(throttling !== undefined && { throttling }),
    };
  } catch {
    // A health that cannot be read fails no trial.
    return undefined;
  }
}
