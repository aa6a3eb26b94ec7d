// The environment of a run: what explains its figures. Neither host nor user names are read.

import { createHash } from "node:crypto";
import { cpus } from "node:os";
import { systemClock } from "../clock.ts";
import config from "../../deno.json" with { type: "json" };
import type { Skip } from "../model/case.ts";
import type { Environment, EnvironmentFact, Fact } from "../model/environment.ts";
import { KERNEL_READINGS } from "../model/environment.ts";
import { FACT_ROWS, makeFact } from "../model/fact_rows.ts";
import { type CpuGroup, findCpuGroups, GROUP_PATHS, readCpuQuota } from "../kernel/cpu_groups.ts";
import { openKernel } from "../kernel/libc.ts";
import { readLoopbackMtu } from "../kernel/loopback_mtu.ts";
import { missingEvidence } from "./missing_evidence.ts";
import { readSuiteCommit } from "./suite_commit.ts";
import { readSocketpair, type SocketpairReading } from "./socketpair_reading.ts";
import { readSystemFiles, type SystemFiles } from "./system_files.ts";

/** Where the MTU of `lo` shows without libc: IPv6 follows the device. Not under /sys/class/net, which may be of another namespace. */
const LO_MTU = "/proc/sys/net/ipv6/conf/lo/mtu";

const CPU_INFO = "/proc/cpuinfo";
const CGROUP = "/proc/1/cgroup";
const VENDOR = "/sys/class/dmi/id/sys_vendor";
const CLOCKSOURCES = "/sys/devices/system/clocksource/clocksource0/available_clocksource";
const MACHINE_ID = "/etc/machine-id";
const OTHER_FILES: readonly string[] = [
  LO_MTU,
  CPU_INFO,
  CGROUP,
  VENDOR,
  CLOCKSOURCES,
  MACHINE_ID,
  GROUP_PATHS.groups,
  GROUP_PATHS.mounts,
];
const CONTAINER_MARKS = ["/.dockerenv", "/run/.containerenv"];

/** Reads what can be learned here with the permissions at hand. Never throws, never prompts. */
export async function readEnvironment(): Promise<Environment> {
  const missing: Skip[] = [];
  const isLinux = Deno.build.os === "linux";
  const rowFiles = [...FACT_ROWS.values()].flatMap(({ file }) => file ?? []);
  const files: SystemFiles = isLinux
    ? await readSystemFiles([...rowFiles, ...OTHER_FILES])
    : { texts: new Map<string, string>(), refusal: "sockbench reads them on Linux only" };
  if (files.refusal !== undefined) {
    missing.push({ what: "kernel settings, virtualization", reason: files.refusal });
  }
  const quota = isLinux ? await readQuota(files) : null;
  const pair = await readSocketpair(systemClock, { readings: 1, pauseNs: 0 });
  const readers = readersOf(files, quota, pair);
  const commit = readSuiteCommit();
  const facts = [...FACT_ROWS].flatMap(([id, { label, file }]): EnvironmentFact[] => {
    // A package has none, and nothing is missing there.
    if (id === "commit") return commit === null ? [] : [makeFact(id, commit)];
    if (file !== undefined || FROM_FILES.has(id)) {
      const value = file === undefined ? readers[id]!() : parseFact(files.texts.get(file));
      if (value === null && files.refusal === undefined) {
        missing.push({ what: label, reason: "this kernel does not offer it here" });
      }
      return [makeFact(id, value)];
    }
    const read = readers[id];
    return read === undefined ? [] : [makeFact(id, readFact(label, read, missing))];
  });
  const kernel = openKernel();
  if (!kernel.available) missing.push({ what: KERNEL_READINGS, reason: kernel.reason });
  return { facts, missing: [...missing, ...missingEvidence()] };
}

/** Facts that need a kernel's files and more than their text. */
const FROM_FILES: ReadonlySet<string> = new Set([
  "cpu.quota",
  "lo.mtu",
  "machine",
  "virtualization",
]);

/** How facts are read that are not the text of a file, by their ids. */
function readersOf(
  { texts }: SystemFiles,
  quota: Fact,
  pair: SocketpairReading,
): Readonly<Record<string, () => Fact>> {
  const isLinux = Deno.build.os === "linux";
  return {
    platform: () => `${Deno.build.os} ${Deno.build.arch}`,
    kernel: () => Deno.osRelease(),
    cpu: () => cpus()[0]?.model.trim() || null,
    cores: () => navigator.hardwareConcurrency,
    "cpu.quota": () => quota,
    memory: () => Deno.systemMemoryInfo().total,
    virtualization: () =>
      describeVirtualization({
        cpuInfo: texts.get(CPU_INFO),
        vendor: texts.get(VENDOR),
        clocksources: texts.get(CLOCKSOURCES),
        cgroup: texts.get(CGROUP),
        hasContainerMark: isLinux && CONTAINER_MARKS.some(exists),
      }),
    // Windows has none and answers zeros.
    load: () => Deno.build.os === "windows" ? null : Math.round(Deno.loadavg()[0]! * 100) / 100,
    socketpair: () => {
      if ("reason" in pair) throw new Error(pair.reason);
      return Math.round(pair.medianNs);
    },
    machine: () => hashMachineId(texts.get(MACHINE_ID)),
    deno: () => Deno.version.deno,
    sockbench: () => config.version,
    typescript: () => Deno.version.typescript,
    v8: () => Deno.version.v8,
    "lo.mtu": () => readMtu(texts.get(LO_MTU)),
  };
}

/** Tells machines apart and cannot be turned back into the id, which is confidential (machine-id(5)). */
function hashMachineId(text: string | undefined): Fact {
  const id = text?.trim() ?? "";
  if (id === "") return null;
  return createHash("sha256").update(`sockbench ${id}`).digest("hex").slice(0, 16);
}

/** In bytes. */
function readMtu(text: string | undefined): Fact {
  if (!openKernel().available) return parseFact(text);
  try {
    return readLoopbackMtu();
  } catch {
    return null;
  }
}

/** How many cores' time the control groups allow; `none` where there is no limit. */
async function readQuota({ texts }: SystemFiles): Promise<Fact> {
  const groups = findCpuGroups(
    texts.get(GROUP_PATHS.groups) ?? "",
    texts.get(GROUP_PATHS.mounts) ?? "",
  );
  return quotaFact(groups, await readSystemFiles(groups.flatMap(({ limitPaths }) => limitPaths)));
}

function quotaFact(groups: readonly CpuGroup[], { texts }: SystemFiles): Fact {
  const cores = readCpuQuota(groups, (path) => texts.get(path));
  if (cores === undefined) return null;
  return cores === Infinity ? "none" : Number(cores.toPrecision(6));
}

/** What tells a virtual machine or a container; absent: could not be read. Absent: it could not be read; `hasContainerMark`: a file that container runtimes leave at the root. */
export interface VirtualizationClues {
  readonly cpuInfo: string | undefined;
  readonly vendor: string | undefined;
  readonly clocksources: string | undefined;
  readonly cgroup: string | undefined;
  readonly hasContainerMark: boolean;
}

/** As in `bare metal`, `virtual machine (KVM)`, `container in a virtual machine (KVM)`; `null` when nothing is known. */
export function describeVirtualization(clues: VirtualizationClues): string | null {
  const { cpuInfo, vendor = "", clocksources = "", cgroup = "", hasContainerMark } = clues;
  const isContainer = hasContainerMark ||
    /docker|kubepods|containerd|libpod|lxc|garden/.test(cgroup);
  // Only x86 shows the flag; elsewhere the firmware's vendor has to do.
  const isVirtual = /^flags\s*:.*\bhypervisor\b/m.test(cpuInfo ?? "") ||
    /QEMU|VMware|innotek|Xen|Parallels/.test(vendor);
  if (isVirtual) {
    const name = hypervisorName(vendor, clocksources);
    const machine = name === undefined ? "virtual machine" : `virtual machine (${name})`;
    return isContainer ? `container in a ${machine}` : machine;
  }
  if (isContainer) return "container";
  return cpuInfo === undefined ? null : "bare metal";
}

function hypervisorName(vendor: string, clocksources: string): string | undefined {
  if (/kvm-clock/.test(clocksources)) return "KVM";
  if (/hyperv/.test(clocksources)) return "Hyper-V";
  if (/xen/i.test(clocksources + vendor)) return "Xen";
  const firmware = vendor.trim();
  return firmware === "" ? undefined : firmware;
}

/** A kernel file's text as a fact: a number where it is one, single spaces, `null` for nothing. */
function parseFact(text: string | undefined): Fact {
  const value = text?.trim().replaceAll(/\s+/g, " ");
  if (value === undefined || value === "") return null;
  return /^\d{1,15}$/.test(value) ? Number(value) : value;
}

function readFact(what: string, read: () => Fact, missing: Skip[]): Fact {
  try {
    const fact = read();
    if (fact === null) missing.push({ what, reason: "this system does not report it" });
    return fact;
  } catch (error) {
    const reason = error instanceof Deno.errors.NotCapable
      ? "it needs --allow-sys"
      : (error as Error).message;
    missing.push({ what, reason });
    return null;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
