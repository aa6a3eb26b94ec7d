// Files and commands, as preparing a subject needs them.

/** Removes a folder with all it holds, at once: whoever presses Ctrl-C a second time wants the process to end with nothing left. */
export function removeFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch { /* it is gone already */ }
}

/** Runs a command to its end, whatever it comes to. */
export function runCommandSync(command: string, args: readonly string[]): void {
  try {
    new Deno.Command(command, { args: [...args], stdin: "null", stdout: "null", stderr: "null" })
      .outputSync();
  } catch { /* what removes a folder must not fail for lack of git */ }
}

/** How {@linkcode runCommand} runs one. */
export interface CommandOptions {
  /** Where; absent: here. */
  readonly cwd?: string;
  /** How long it may take, in milliseconds; absent: as long as it likes. */
  readonly patienceMs?: number;
}

/** Runs a command to its end; one that cannot be started, or takes too long, has failed. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, patienceMs }: CommandOptions = {},
): Promise<{ success: boolean; stdout: string; stderr: string }> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const child = new Deno.Command(command, {
      args: [...args],
      ...(cwd !== undefined && { cwd }),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const streams = [collect(child.stdout), collect(child.stderr)] as const;
    if (patienceMs !== undefined) {
      timer = setTimeout(() => {
        child.kill("SIGKILL");
        // What it started may hold them open.
        streams.forEach((stream) => stream.end());
      }, patienceMs);
    }
    const [stdout, stderr] = await Promise.all(streams.map((stream) => stream.text));
    const { success } = await child.status;
    return { success, stdout: stdout!, stderr: stderr! };
  } catch (error) {
    return { success: false, stdout: "", stderr: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a stream to its end, or to where it is told to end. */
function collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = stream.getReader();
  const text = (async () => {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for (let next; !(next = await reader.read()).done;) chunks.push(next.value);
    return await new Blob(chunks).text();
  })();
  return { text, end: () => void reader.cancel() };
}

// deno-lint-ignore no-control-regex
const ESCAPE_CODES = /\x1b\[[\d;]*m/g;

/** What a command said, on one line, without colours and without addresses: which server it asked is nothing to publish. */
export function plain(text: string): string {
  return text.replace(ESCAPE_CODES, "").replace(/\b[a-z]+:\/\/\S+/g, "(address)")
    .replace(/\s+/g, " ").trim();
}

/** A path from the root. */
export function absolute(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}

/** A path may hold what means something in a URL. */
export const toUrl = (path: string) =>
  new URL(path.replace(/[%?#\\]/g, encodeURIComponent), "file:///").href;

/** Whether there is such a file. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Whether there is such a folder. */
export function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
