// Control groups that limit CPU time (cgroups(7), "CFS Bandwidth Control"), read through a function that is passed in.

/** Reads a file of the kernel as text; undefined when it is not there. */
export type ReadText = (path: string) => string | undefined;

/** Where the kernel says which groups the process is in, and where they are mounted. */
export const GROUP_PATHS = { groups: "/proc/self/cgroup", mounts: "/proc/self/mountinfo" } as const;

/** Files that hold the limit and the counts of one group. `limitPaths`: `cpu.max`, or quota and period; `statPath`: `cpu.stat`. */
export type CpuGroup = Readonly<
  { version: 1 | 2; limitPaths: readonly string[]; statPath: string }
>;

/** How often a group ran out of its CPU time. Periods of usually 100 ms in which it ran and was stopped; the time of all CPUs together. */
export type Throttling = Readonly<
  { periods: number; throttledPeriods: number; throttledNs: number }
>;

/** The groups whose limits hold for this process, its own first; none where there is no CPU controller. */
export function findCpuGroups(groups: string, mounts: string): readonly CpuGroup[] {
  const lines = groups.split("\n").map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  const legacy = lines.find((line) => line?.[1]?.split(",").includes("cpu") === true);
  const path = legacy?.[2] ?? lines.find((line) => line?.[1] === "")?.[2];
  if (path === undefined) return [];
  const version = legacy ? 1 : 2;
  const mount = findMount(mounts, version);
  if (mount === undefined) return [];
  return directoriesUp(relativeTo(mount.root, path)).map((directory) => {
    const base = `${mount.point}${directory}`;
    return {
      version,
      limitPaths: version === 2
        ? [`${base}/cpu.max`]
        : [`${base}/cpu.cfs_quota_us`, `${base}/cpu.cfs_period_us`],
      statPath: `${base}/cpu.stat`,
    };
  });
}

/** A line of mountinfo: id, parent, device, root, mount point, options, optional fields, "-", type, source, options of the type. */
function findMount(mounts: string, version: 1 | 2) {
  for (const line of mounts.split("\n")) {
    const [mount = "", type = ""] = line.split(" - ");
    const [, , , root, point] = mount.split(" ");
    const [kind, , options = ""] = type.split(" ");
    const isIt = version === 2
      ? kind === "cgroup2"
      : kind === "cgroup" && options.split(",").includes("cpu");
    if (isIt && root !== undefined && point !== undefined) {
      return { root: unescape(root), point: unescape(point) };
    }
  }
  return undefined;
}

/** Spaces and their like are octal in mountinfo. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}

/** A container may see its own group as the root of the mount, under a path that only the host knows. */
function relativeTo(root: string, path: string): string {
  if (root === "/") return path;
  return path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : "/";
}

/** `/a/b`, `/a`, and the root as an empty text. */
function directoriesUp(path: string): readonly string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== "..");
  return [...parts.map((_, index) => `/${parts.slice(0, parts.length - index).join("/")}`), ""];
}

/** What all of the groups together allow, in cores: 0.2 is a fifth of one, `Infinity` no limit, undefined unknown. */
export function readCpuQuota(groups: readonly CpuGroup[], read: ReadText): number | undefined {
  const limits = groups.map(({ version, limitPaths }) => {
    const texts = limitPaths.map(read);
    if (texts.some((text) => text === undefined)) return undefined;
    const [quota, period] = texts.join(" ").trim().split(/\s+/);
    const isFree = version === 2 ? quota === "max" : Number(quota) < 0;
    const cores = isFree ? Infinity : Number(quota) / Number(period);
    return cores > 0 ? cores : undefined;
  }).filter((limit) => limit !== undefined);
  // The root of the unified hierarchy has no cpu.max, and cannot have a limit.
  return limits.length === 0 ? groups.length === 0 ? undefined : Infinity : Math.min(...limits);
}

/** Of all groups that hold the process the one that was stopped longest; undefined where none counts it. */
export function readThrottling(
  groups: readonly CpuGroup[],
  read: ReadText,
): Throttling | undefined {
  let most: Throttling | undefined;
  for (const { statPath } of groups) {
    const text = read(statPath);
    const found = text === undefined ? undefined : parseThrottling(text);
    if (found !== undefined && !(most !== undefined && most.throttledNs >= found.throttledNs)) {
      most = found;
    }
  }
  return most;
}

/** The kernel of either interface: nanoseconds as `throttled_time`, or microseconds as `throttled_usec`. */
function parseThrottling(text: string): Throttling | undefined {
  const number = (name: string) => {
    const [, digits] = new RegExp(`^${name} (\\d+)$`, "m").exec(text) ?? [];
    return digits === undefined ? undefined : Number(digits);
  };
  const [periods, throttledPeriods] = [number("nr_periods"), number("nr_throttled")];
  const micros = number("throttled_usec");
  const throttledNs = number("throttled_time") ?? (micros === undefined ? undefined : micros * 1e3);
  if (periods === undefined || throttledPeriods === undefined || throttledNs === undefined) {
    return undefined;
  }
  return { periods, throttledPeriods, throttledNs };
}
