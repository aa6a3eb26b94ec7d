/**
 * Surroundings that a test can give to a command that it starts: a network namespace whose loopback has another MTU, and a control group
 * that limits CPU time. Both need rights that few have: where they cannot be had, the reason is there for the test's name.
 *
 * @module
 */

import { type Need, unless } from "./needs.ts";

/** What can be had, or why not. */
export type Obtainable<T> = { readonly got: T } | { readonly obstacle: string };

/** The need for something that can be had or not. */
export function obtained(found: Obtainable<unknown>): Need {
  return unless("obstacle" in found ? found.obstacle : undefined);
}

/** The command that starts another in a fresh network namespace whose `lo` is up, with an MTU. */
export async function loopbackWithMtu(mtu: number): Promise<Obtainable<readonly string[]>> {
  const script = `ip link set lo up mtu ${mtu} && exec "$0" "$@"`;
  const via = ["unshare", "-n", "sh", "-c", script];
  try {
    const { success, stderr } = await new Deno.Command(via[0]!, {
      args: [...via.slice(1), "true"],
      stdout: "null",
    }).output();
    const said = new TextDecoder().decode(stderr).trim().split("\n")[0];
    return success ? { got: via } : { obstacle: said || "no network namespace can be made" };
  } catch {
    return { obstacle: "unshare is not installed" };
  }
}

/** A control group of its own, empty and with a limit. */
export interface LimitedGroup extends Disposable {
  /** The command that starts another in the group. */
  readonly via: readonly string[];
}

/** Where a group of either interface can be made. */
const ROOTS = ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup"];

/** Makes a control group that allows this much CPU time, in cores, in each tenth of a second. */
export function limitedGroup(cores: number): Obtainable<LimitedGroup> {
  for (const root of ROOTS) {
    const path = `${root}/sockbench-test-${crypto.randomUUID()}`;
    try {
      Deno.mkdirSync(path);
    } catch {
      continue;
    }
    const remove = () => {
      // A process of the command may still be on its way out: a group with one in it cannot be removed.
      for (const id of Deno.readTextFileSync(`${path}/cgroup.procs`).split("\n")) {
        if (id !== "") leave(id, root);
      }
      Deno.removeSync(path);
    };
    const quota = String(Math.round(cores * 1e5));
    try {
      const [file, text] = root === "/sys/fs/cgroup"
        ? ["cpu.max", `${quota} 100000`]
        : ["cpu.cfs_quota_us", quota];
      // To open, not to make: a directory that is no control group must not get the file.
      Deno.writeTextFileSync(`${path}/${file}`, text!, { create: false });
    } catch {
      remove();
      continue;
    }
    const script = `echo $$ > ${path}/cgroup.procs && exec "$0" "$@"`;
    return { got: { via: ["sh", "-c", script], [Symbol.dispose]: remove } };
  }
  return { obstacle: "no control group that limits CPU time can be made" };
}

/** Moves a process to the group around its own; one that has ended meanwhile needs none. */
function leave(id: string, root: string): void {
  try {
    Deno.writeTextFileSync(`${root}/cgroup.procs`, id, { create: false });
  } catch {
    // It has ended.
  }
}
