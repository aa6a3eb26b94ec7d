/**
 * Tools of others as processes: found on the PATH, pinned like the suite's own ends, bounded in time, and never left behind.
 *
 * @module
 */

/** Processes that run now; what ends the program ends them. */
const running = new Set<Deno.ChildProcess>();

/** Kills every process that was started here and still runs. */
export function killTools(): void {
  for (const child of running) {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
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
export async function runTool(words: readonly string[], patienceMs: number): Promise<ToolOutput> {
  const child = start(words, "piped");
  const watchdog = { hasBitten: false };
  const timer = setTimeout(() => {
    watchdog.hasBitten = true;
    child.kill("SIGKILL");
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
    running.delete(child);
  }
}

/** A tool that serves until it is disposed of. */
export interface ToolServer extends AsyncDisposable {
  /** The port on 127.0.0.1 where it listens. */
  readonly port: number;
}

/** What a server listens for. */
export type Protocol = "tcp" | "udp";

/**
 * Starts a serving tool on a free port of 127.0.0.1 and waits until the kernel lists its socket.
 *
 * @param protocol what its socket is
 * @param words program and arguments, given the port
 * @throws {Error} when it ends or does not listen within five seconds
 */
export async function serveTool(
  protocol: Protocol,
  words: (port: number) => readonly string[],
): Promise<ToolServer> {
  const port = freePort(protocol);
  const command = words(port);
  const child = start(command, "null");
  let ended: Deno.CommandStatus | undefined;
  const status = child.status.then((found) => {
    running.delete(child);
    return ended = found;
  });
  const end = async () => {
    if (ended === undefined) child.kill("SIGKILL");
    await status;
  };
  const deadline = performance.now() + 5_000;
  while (!await isListening(protocol, port)) {
    if (ended === undefined && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    const why = ended === undefined ? "does not listen" : `ended with ${ended.code}`;
    await end();
    throw new Error(`${command.join(" ")} ${why}`);
  }
  return { port, [Symbol.asyncDispose]: end };
}

/** Starts a process that runs until it is disposed of, its output dropped. */
export function keepRunning(words: readonly string[]): AsyncDisposable {
  const child = start(words, "null");
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      running.delete(child);
    },
  };
}

function start(words: readonly string[], output: "piped" | "null"): Deno.ChildProcess {
  const child = new Deno.Command(words[0]!, {
    args: words.slice(1),
    stdin: "null",
    stdout: output,
    stderr: output,
  }).spawn();
  running.add(child);
  return child;
}

function freePort(protocol: Protocol): number {
  const options = { hostname: "127.0.0.1", port: 0 };
  using socket = protocol === "tcp"
    ? Deno.listen(options)
    : Object.assign(Deno.listenDatagram({ ...options, transport: "udp" }), {
      [Symbol.dispose](this: Deno.DatagramConn) {
        this.close();
      },
    });
  return (socket.addr as Deno.NetAddr).port;
}

/** Reads /proc/net, as connecting would use up the one connection that some servers take. */
async function isListening(protocol: Protocol, port: number): Promise<boolean> {
  return parseListening(await Deno.readTextFile(`/proc/net/${protocol}`), protocol, port);
}

/**
 * Whether a socket of 127.0.0.1 waits at a port.
 *
 * @param table the text of /proc/net/tcp or /proc/net/udp (proc_net(5))
 * @param protocol which of the two
 * @param port the port
 */
export function parseListening(table: string, protocol: Protocol, port: number): boolean {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  // 0A is LISTEN; a UDP socket that is not connected is 07.
  const state = protocol === "tcp" ? "0A" : "07";
  return table.split("\n").some((line) => {
    const [, local, , found] = line.trim().split(/\s+/);
    return local === address && found === state;
  });
}
