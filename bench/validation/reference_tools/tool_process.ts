// Tools of others as processes: found on the PATH, pinned like the suite's own ends, bounded in time, and never left behind.

/** Process groups that were started here and may still run; what ends the program ends them. */
const running = new Set<number>();

/** Kills every process that was started here and still runs, what it forked included. */
export function killTools(): void {
  for (const group of running) killGroup(group);
}

/** Each tool leads a process group of its own: a server that forks and ends leaves its child there. */
function killGroup(group: number): void {
  try {
    Deno.kill(-group, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
  running.delete(group);
}

/** The path of a tool; `undefined` where the PATH does not have it. */
export async function findTool(name: string): Promise<string | undefined> {
  for (const directory of (Deno.env.get("PATH") ?? "").split(":").filter((one) => one !== "")) {
    const path = `${directory}/${name}`;
    try {
      const { isFile, mode } = await Deno.stat(path);
      if (isFile && ((mode ?? 0) & 0o111) !== 0) return path;
    } catch {
      // Not in this directory.
    }
  }
  return undefined;
}

/** What a tool printed, and how it ended. */
export interface ToolOutput {
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly err: string;
  /** Exit code. */
  readonly code: number;
}

/** The words of a command on one core, or wherever the scheduler wants it. */
export function onCore(core: number | undefined, words: readonly string[]): readonly string[] {
  return core === undefined ? words : ["taskset", "-c", String(core), ...words];
}

/**
 * Runs a tool to its end.
 *
 * @param words program and arguments
 * @param patienceMs after so long it is killed
 * @throws {Error} when it cannot be started or outlives the patience
 */
export async function runTool(
  words: readonly string[],
  patienceMs: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ToolOutput> {
  const child = start(words, "piped", env);
  const watchdog = { hasBitten: false };
  const timer = setTimeout(() => {
    watchdog.hasBitten = true;
    killGroup(child.pid);
  }, patienceMs);
  try {
    const { code, stdout, stderr } = await child.output();
    if (watchdog.hasBitten) {
      throw new Error(`${words.join(" ")} was not done after ${patienceMs} ms`);
    }
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, out: out!, err: err! };
  } finally {
    clearTimeout(timer);
    killGroup(child.pid);
  }
}

/** A tool that serves until it is disposed of. */
export interface ToolServer extends AsyncDisposable {
  /** Where it listens: a port of 127.0.0.1, or the path of a Unix-domain socket. */
  readonly place: string;
}

/** What a server listens for; `unix` is a Unix-domain socket of any type. */
export type Protocol = "tcp" | "udp" | "unix";

/** How a server is started. */
export interface ServerStart {
  /** What its socket is. */
  readonly protocol: Protocol;
  /** Program and arguments, given the place. */
  readonly words: (place: string) => readonly string[];
  /** The port, where the tool takes no other; absent: a free one. */
  readonly port?: number;
  /** The program ends with 0 at once and leaves a process that serves. */
  readonly forks?: boolean;
}

/**
 * Starts a serving tool on a free port of 127.0.0.1, or at a fresh path, and waits until the kernel lists its socket.
 *
 * @throws {Error} when it ends or does not listen within five seconds
 */
export async function serveTool(
  { protocol, words, port, forks }: ServerStart,
): Promise<ToolServer> {
  const directory = protocol === "unix" ? await Deno.makeTempDir({ prefix: "tool-" }) : undefined;
  const place = directory === undefined
    ? String(port ?? freePort(protocol as "tcp" | "udp"))
    : `${directory}/s`;
  const command = words(place);
  const child = start(command, "null");
  let ended: Deno.CommandStatus | undefined;
  const status = child.status.then((found) => ended = found);
  const end = async () => {
    killGroup(child.pid);
    await status;
    if (directory !== undefined) await Deno.remove(directory, { recursive: true });
  };
  const hasFailed = () => ended !== undefined && !(forks === true && ended.code === 0);
  const deadline = performance.now() + 5_000;
  while (!await isListening(protocol, place)) {
    if (!hasFailed() && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    const why = hasFailed() ? `ended with ${ended!.code}` : "does not listen";
    await end();
    throw new Error(`${command.join(" ")} ${why}`);
  }
  return { place, [Symbol.asyncDispose]: end };
}

/** Starts a process that runs until it is disposed of, its output dropped. */
export function keepRunning(words: readonly string[]): AsyncDisposable {
  const child = start(words, "null");
  return {
    async [Symbol.asyncDispose]() {
      killGroup(child.pid);
      await child.status;
    },
  };
}

function start(
  words: readonly string[],
  output: "piped" | "null",
  env: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  const child = new Deno.Command(words[0]!, {
    args: words.slice(1),
    stdin: "null",
    stdout: output,
    stderr: output,
    detached: true,
    // What the tools print is read as they print it in English.
    env: { ...env, LC_ALL: "C" },
  }).spawn();
  running.add(child.pid);
  return child;
}

/** Below what Linux gives to clients: there a port that is free to listen at may be another client's a moment later, or in TIME_WAIT. */
const PORTS = { first: 20_000, pairs: 6_000 };

/**
 * A port that is free, and so is the next one, which some tools use for their data.
 *
 * @param random between 0 and 1
 */
export function freePort(protocol: "tcp" | "udp", random: () => number = Math.random): number {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = PORTS.first + 2 * Math.floor(random() * PORTS.pairs);
    if (isFree(protocol, port) && isFree(protocol, port + 1)) return port;
  }
  throw new Error(`no two ports side by side are free from ${PORTS.first} on`);
}

function isFree(protocol: "tcp" | "udp", port: number): boolean {
  const options = { hostname: "127.0.0.1", port };
  try {
    (protocol === "tcp"
      ? Deno.listen(options)
      : Deno.listenDatagram({ ...options, transport: "udp" })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

/** Reads /proc/net, as connecting would use up the one connection that some servers take. */
async function isListening(protocol: Protocol, place: string): Promise<boolean> {
  // qperf listens at an IPv6 socket that takes both.
  const tables = protocol === "unix" ? ["unix"] : [protocol, `${protocol}6`];
  for (const table of tables) {
    const text = await Deno.readTextFile(`/proc/net/${table}`).catch(() => "");
    if (parseListening(text, protocol, place)) return true;
  }
  return false;
}

/**
 * Whether a socket waits at a place: a port of 127.0.0.1 or of any address, or a path.
 *
 * @param table the text of /proc/net/tcp, udp or unix (proc_net(5))
 */
export function parseListening(table: string, protocol: Protocol, place: string): boolean {
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/));
  if (protocol === "unix") return rows.some((row) => row[7] === place);
  const port = Number(place).toString(16).toUpperCase().padStart(4, "0");
  // 0A is LISTEN; a UDP socket that is not connected is 07.
  const state = protocol === "tcp" ? "0A" : "07";
  return rows.some(([, local, , found]) =>
    found === state &&
    (local === `0100007F:${port}` || /^0+:/.test(local!) && local!.endsWith(`:${port}`))
  );
}
