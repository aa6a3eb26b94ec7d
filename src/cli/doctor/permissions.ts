// Deno's permissions, and what each missing one costs.

/** A PermissionFact is one permission and its price. */
export interface PermissionFact {
  /** As on the command line: `--allow-run`. */
  readonly flag: string;
  /** `granted`; `partly` where it is limited to a list; `missing`. */
  readonly state: "granted" | "partly" | "missing";
  /** What does not work without it, in words. */
  readonly cost: string;
}

const COSTS: readonly (readonly [Deno.PermissionName, string])[] = [
  ["net", "TCP and UDP need 127.0.0.1 and [::1]; Unix-domain sockets need it without a list"],
  [
    "read",
    "records, own modules and the worker peer's code cannot be read; no Unix-domain sockets",
  ],
  ["write", "no reports outside the list, and no directory for Unix-domain sockets"],
  ["run", "no peer in a process of its own; kernel settings and virtualization stay unknown"],
  ["sys", "kernel release, CPU model, memory and load stay unknown"],
  [
    "ffi",
    "no driver libc, no settings and counters read back from the kernel, no pinning to cores",
  ],
];

/** Looks every permission up; never prompts. */
export function readPermissions(): PermissionFact[] {
  return COSTS.map(([name, cost]) => {
    const status = Deno.permissions.querySync({ name } as Deno.PermissionDescriptor);
    const partly = (status as { partial?: boolean }).partial === true;
    const state = status.state === "granted" ? partly ? "partly" : "granted" : "missing";
    return { flag: `--allow-${name}`, state, cost };
  });
}
