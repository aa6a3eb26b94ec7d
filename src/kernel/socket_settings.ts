// The settings of a socket as the kernel has them, for a trial to store: never assumed from what was asked for.

import { getOption, type OptionName, tryGetOption } from "./options.ts";

const IPPROTO_TCP = 6, IPPROTO_MPTCP = 262;

/** What is shown only where it differs from the kernel's default of 0, with its unit. */
const UNUSUAL: readonly (readonly [name: string, option: OptionName, unit: string])[] = [
  ["busyPoll", "SO_BUSY_POLL", " µs"],
  ["typeOfService", "IP_TOS", ""],
  ["trafficClass", "IPV6_TCLASS", ""],
];

const UNUSUAL_OF_TCP: typeof UNUSUAL = [
  ["notSentLowWater", "TCP_NOTSENT_LOWAT", " B"],
  ["userTimeout", "TCP_USER_TIMEOUT", " ms"],
];

/**
 * Reads what the kernel has for a socket. Takes about 4 µs for TCP, 1 to 2 µs for others.
 *
 * Buffer sizes are the kernel's own account: twice what setsockopt(2) asked for, and for TCP growing by themselves until somebody asks for
 * one. To compare them, read them at the same point of a connection's life. TCP_QUICKACK is not among them: the kernel turns it on and
 * off as bytes flow, so that it shows a moment, not a setting.
 *
 * @param fd an open socket
 * @returns text by name: `sendBuffer` and `receiveBuffer` of all, `nagle`, `congestion`, `maxSegment` of TCP; `cork`, `busyPoll`,
 * `notSentLowWater`, `userTimeout`, `typeOfService`, `trafficClass` where they are in use; always in the same order
 * @throws {SystemError} when the fd is not open, or not a socket
 */
export function readSettings(fd: number): Readonly<Record<string, string>> {
  const protocol = getOption(fd, "SO_PROTOCOL");
  const settings: Record<string, string> = {
    sendBuffer: `${getOption(fd, "SO_SNDBUF")} B`,
    receiveBuffer: `${getOption(fd, "SO_RCVBUF")} B`,
  };
  if (protocol === IPPROTO_TCP || protocol === IPPROTO_MPTCP) addTcp(fd, settings);
  if (protocol !== 0) addUnusual(fd, UNUSUAL, settings);
  return settings;
}

function addTcp(fd: number, settings: Record<string, string>): void {
  const noDelay = tryGetOption(fd, "TCP_NODELAY");
  if (noDelay !== undefined) settings["nagle"] = noDelay === 0 ? "on" : "off";
  const congestion = tryGetOption(fd, "TCP_CONGESTION");
  if (congestion !== undefined) settings["congestion"] = congestion;
  const maxSegment = tryGetOption(fd, "TCP_MAXSEG");
  if (maxSegment !== undefined) settings["maxSegment"] = `${maxSegment} B`;
  if (tryGetOption(fd, "TCP_CORK") === 1) settings["cork"] = "on";
  addUnusual(fd, UNUSUAL_OF_TCP, settings);
}

function addUnusual(fd: number, options: typeof UNUSUAL, settings: Record<string, string>): void {
  for (const [name, option, unit] of options) {
    const value = tryGetOption(fd, option);
    if (value !== undefined && value !== 0) settings[name] = `${value}${unit}`;
  }
}
