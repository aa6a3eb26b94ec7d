/**
 * Environments: what a run found out about the machine and the runtime.
 *
 * @module
 */

import type { Skip } from "./case.ts";

/** One fact about the machine or runtime; `null` where it could not be read. */
export type Fact = string | number | boolean | null;

/** What no trial holds where libc cannot be called, as {@linkcode Environment.missing} names it. */
export const KERNEL_READINGS =
  "what the kernel counts and sets (its counters, TCP_INFO, socket options, waiting for a CPU)";

/** The machine and the runtime, by room: facts that explain figures, and the fingerprint that makes two records comparable. */
export interface Environment {
  /** `deno`, `v8`, `typescript` versions, and `sockbench`'s own. */
  readonly versions: Readonly<Record<string, string>>;
  /** Operating system and architecture, as in `linux x86_64`. */
  readonly platform: string;
  /** Kernel release, as in `6.18.44`. */
  readonly kernel: Fact;
  /** CPU model. */
  readonly cpu: Fact;
  /** Logical cores. */
  readonly cores: number;
  /** Memory in bytes. */
  readonly memoryBytes: Fact;
  /** `bare metal`, `virtual machine (KVM)`, `container`. */
  readonly virtualization: Fact;
  /** Load average of the last minute at the start. */
  readonly loadAverage: Fact;
  /** Kernel settings that matter to sockets, by sysctl name. */
  readonly sysctls: Readonly<Record<string, Fact>>;
  /** What could not be learned and why. */
  readonly missing: readonly Skip[];
}
