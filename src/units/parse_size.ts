// Sizes as options and settings have them.

/**
 * A size in bytes: digits, optionally with `B`, or with `k`, `KiB`, `M`, `MiB`, `G`, `GiB` for multiples of 1024. Returns the
 * number of bytes, or `null` when the text is no size.
 */
export function parseSize(text: string): number | null {
  const match = /^(\d{1,16})(?:b|([kmg])(?:ib)?)?$/i.exec(text);
  if (match === null) return null;
  const power = match[2] === undefined ? 0 : "kmg".indexOf(match[2].toLowerCase()) + 1;
  return Number(match[1]) * 1024 ** power;
}

/** A size as settings have it, `212992 B`, in bytes; nothing where it was not read back. */
export function sizeIn(setting: string | undefined): number | undefined {
  const [, digits] = /^(\d{1,15}) B$/.exec(setting ?? "") ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** The cores that an end was seen on, as settings have them: `0`, or `0→1` where it moved. */
export function coresIn(setting: string): readonly string[] {
  return setting.split("→");
}
