// Settings of both ends of a trial, as one list.

/**
 * Puts the settings of both ends together: the driver's under their own names, the peer's, as in `serve.nagle`, only where they differ.
 */
export function readBack(
  drive: Readonly<Record<string, string>>,
  serve: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const differing = Object.entries(serve).filter(([name, value]) => drive[name] !== value);
  return {
    ...drive,
    ...Object.fromEntries(differing.map(([name, value]) => [`serve.${name}`, value])),
  };
}
