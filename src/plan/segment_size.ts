// Sizes around a segment of TCP, which a grid names and a transport knows: `segment`, `segment-1`, `segment+1`, `2segment`.

/** A segment over loopback (MTU 65,536) with timestamps, where the kernel cannot be asked. */
export const DEFAULT_SEGMENT_BYTES = 65_483;

const SIZE = /^(\d*)segment([+-]\d+)?$/;

/** The size that a value stands for. Returns bytes; `undefined` for any other value. */
export function segmentSize(
  value: number | string,
  segmentBytes: number = DEFAULT_SEGMENT_BYTES,
): number | undefined {
  const match = typeof value === "string" ? SIZE.exec(value) : null;
  if (match === null) return undefined;
  return Number(match[1] || 1) * segmentBytes + Number(match[2] ?? 0);
}

/** Whether a size is known only once its transport is. */
export function isUnresolved(value: number | string): boolean {
  return value === "largest" || segmentSize(value) !== undefined;
}
