// What a slice of a reference tool is, and what it throws.

/** Cores of the two ends; absent: the scheduler decides. */
export interface Cores {
  /** The end that measures. */
  readonly drive: number;
  /** The other end. */
  readonly serve: number;
}

/** What one slice is given. */
export interface SliceOptions {
  /** Whole seconds of measuring; the tools take no fractions. */
  readonly seconds: number;
  /** Where the ends run. */
  readonly cores?: Cores;
}

/** One measurement of a tool, in the unit of the suite's metric it is set beside. */
export type ToolSlice = (options: SliceOptions) => Promise<number>;

/** A ReferenceToolError says what a tool did that it should not; the round goes without it. */
export class ReferenceToolError extends Error {
  /** Always "ReferenceToolError". */
  override readonly name = "ReferenceToolError";
}

/** Throws unless the tool ended well. */
export function checkTool(
  name: string,
  { code, out, err }: { readonly code: number; readonly out: string; readonly err: string },
): void {
  if (code === 0) return;
  const words = (err.trim() || out.trim()).split("\n").at(-1) ?? "";
  throw new ReferenceToolError(`${name} ended with ${code}: ${words}`);
}
