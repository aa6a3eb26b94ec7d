// Control groups that limit CPU time: cgroups(7), and "CFS Bandwidth Control" in the kernel's documentation.
//
// Everything is read through a function that is passed in: libc's where it may be called, `grep`'s texts where not, a test's own files.

/** Reads a file of the kernel as text; undefined when it is not there. */
export type ReadText = (path: string) => string | undefined;

/** Where the kernel says which groups the process is in, and where they are mounted. */
export const GROUP_PATHS = { groups: "/proc/self/cgroup", mounts: "/proc/self/mountinfo" } as const;

/** Files that hold the limit and the counts of one group. */
export interface CpuGroup {
  /** Which interface the files have: 1, or 2 (the unified one). */
  readonly version: 1 | 2;
  /** Files that hold the limit: `cpu.max`, or quota and period. */
  readonly limitPaths: readonly string[];
  /** `cpu.stat`. */
  readonly statPath: string;
}

/** How often a group ran out of its CPU time. */
export interface Throttling {
  /** Periods in which it ran, usually 100 ms each. */
  readonly periods: number;
  /** Periods in which it was stopped because its time was used up. */
  readonly throttledPeriods: number;
  /** Time for which it was stopped, in nanoseconds, all CPUs together. */
  readonly throttledNs: number;
}

/**
 * The groups whose limits hold for the calling process, its own first, then those around it as far as they are visible. None
 * where there is no CPU controller.
 */
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
function findMount(
  mounts: string,
  version: 1 | 2,
): { readonly root: string; readonly point: string } | undefined {
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

/**
 * The CPU time that all of the groups together allow. In cores: 0.2 is a fifth of one; `Infinity` where no group has a limit;
 * undefined where no limit could be read.
 */
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

/**
 * How often the process was stopped: that of the group, of all that hold it, that was stopped longest. Undefined where no group
 * counts it.
 */
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
