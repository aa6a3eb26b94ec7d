import { assertEquals } from "@std/assert";
import { findCpuGroups, readCpuQuota, readThrottling } from "../../src/kernel/cpu_groups.ts";

/** A line of /proc/self/mountinfo. */
const mount = (root: string, point: string, type: string, options: string) =>
  `31 23 0:28 ${root} ${point} rw,relatime shared:9 - ${type} ${type} ${options}\n`;

const LEGACY = mount("/", "/sys/fs/cgroup/cpu,cpuacct", "cgroup", "rw,cpu,cpuacct");
const UNIFIED = mount("/", "/sys/fs/cgroup", "cgroup2", "rw,nsdelegate");

const reader = (files: Readonly<Record<string, string>>) => (path: string) => files[path];

const quotaOf = (groups: string, mounts: string, files: Readonly<Record<string, string>>) =>
  readCpuQuota(findCpuGroups(groups, mounts), reader(files));

Deno.test("findCpuGroups() finds the own group of either interface and all around it, the own first", () => {
  assertEquals(
    findCpuGroups("9:name=systemd:/\n4:cpu,cpuacct:/a/b\n0::/\n", LEGACY).map((g) => g.statPath),
    ["/a/b", "/a", ""].map((path) => `/sys/fs/cgroup/cpu,cpuacct${path}/cpu.stat`),
  );
  assertEquals(
    findCpuGroups("0::/user.slice/job\n", UNIFIED).map(({ version, limitPaths }) => [
      version,
      ...limitPaths,
    ]),
    ["/user.slice/job", "/user.slice", ""].map((path) => [2, `/sys/fs/cgroup${path}/cpu.max`]),
  );
});

Deno.test("findCpuGroups() takes the unified interface where the other one has no CPU controller", () => {
  const mounts = mount("/", "/sys/fs/cgroup/pids", "cgroup", "rw,pids") +
    mount("/", "/sys/fs/cgroup/unified", "cgroup2", "rw");
  assertEquals(
    findCpuGroups("8:pids:/x\n0::/\n", mounts).map(({ statPath }) => statPath),
    ["/sys/fs/cgroup/unified/cpu.stat"],
  );
});

Deno.test("findCpuGroups() follows a mount that shows a part of the tree only, as in a container", () => {
  const mounts = mount("/docker/4711", "/sys/fs/cgroup/cpu", "cgroup", "rw,cpu");
  const directories = (groups: string) =>
    findCpuGroups(groups, mounts).map(({ statPath }) => statPath.replace("/cpu.stat", ""));
  assertEquals(directories("2:cpu:/docker/4711\n"), ["/sys/fs/cgroup/cpu"]);
  assertEquals(directories("2:cpu:/docker/4711/own\n"), [
    "/sys/fs/cgroup/cpu/own",
    "/sys/fs/cgroup/cpu",
  ]);
  // Another part of the tree, which is not to be seen from here.
  assertEquals(directories("2:cpu:/docker/47110\n"), ["/sys/fs/cgroup/cpu"]);
});

Deno.test("findCpuGroups() finds none without a CPU controller, a mount or a text", () => {
  assertEquals(findCpuGroups("", ""), []);
  assertEquals(findCpuGroups("8:pids:/\n", UNIFIED), []);
  assertEquals(findCpuGroups("4:cpu:/\n", UNIFIED), []);
});

Deno.test("readCpuQuota() is the narrowest limit of all groups, in cores", () => {
  const at = "/sys/fs/cgroup";
  assertEquals(
    quotaOf("0::/a/b\n", UNIFIED, {
      [`${at}/a/b/cpu.max`]: "max 100000\n",
      [`${at}/a/cpu.max`]: "150000 100000\n",
    }),
    1.5,
  );
  assertEquals(
    quotaOf("0::/a/b\n", UNIFIED, {
      [`${at}/a/b/cpu.max`]: "20000 100000\n",
      [`${at}/a/cpu.max`]: "150000 100000\n",
    }),
    0.2,
  );
  const cpu = "/sys/fs/cgroup/cpu,cpuacct";
  assertEquals(
    quotaOf("4:cpu,cpuacct:/a\n", LEGACY, {
      [`${cpu}/a/cpu.cfs_quota_us`]: "25000\n",
      [`${cpu}/a/cpu.cfs_period_us`]: "50000\n",
      [`${cpu}/cpu.cfs_quota_us`]: "-1\n",
      [`${cpu}/cpu.cfs_period_us`]: "100000\n",
    }),
    0.5,
  );
});

Deno.test("readCpuQuota() tells no limit from one that could not be read", () => {
  assertEquals(quotaOf("0::/\n", UNIFIED, {}), Infinity);
  assertEquals(quotaOf("0::/\n", UNIFIED, { "/sys/fs/cgroup/cpu.max": "max 100000" }), Infinity);
  assertEquals(quotaOf("", "", {}), undefined);
});

Deno.test("readThrottling() is that of the group that was stopped longest, in nanoseconds on either interface", () => {
  const of = (groups: string, mounts: string, files: Readonly<Record<string, string>>) =>
    readThrottling(findCpuGroups(groups, mounts), reader(files));
  assertEquals(
    of("0::/a\n", UNIFIED, {
      "/sys/fs/cgroup/a/cpu.stat": "usage_usec 5\nnr_periods 9\nnr_throttled 1\nthrottled_usec 7\n",
      "/sys/fs/cgroup/cpu.stat":
        "usage_usec 5\nnr_periods 130\nnr_throttled 113\nthrottled_usec 9000000\n",
    }),
    { periods: 130, throttledPeriods: 113, throttledNs: 9e9 },
  );
  assertEquals(
    of("4:cpu,cpuacct:/\n", LEGACY, {
      "/sys/fs/cgroup/cpu,cpuacct/cpu.stat":
        "nr_periods 10\nnr_throttled 10\nthrottled_time 785658536\nnr_bursts 0\n",
    }),
    { periods: 10, throttledPeriods: 10, throttledNs: 785658536 },
  );
  // The root of the unified hierarchy counts no periods.
  assertEquals(
    of("0::/\n", UNIFIED, { "/sys/fs/cgroup/cpu.stat": "usage_usec 5\n" }),
    undefined,
  );
});
