/**
 * The private directory for a run's Unix-domain socket files.
 *
 * @module
 */

/** A directory that is gone when its scope ends. */
export interface SocketDirectory extends AsyncDisposable {
  /** Absolute path; mode 0700. */
  readonly path: string;
}

/** Makes a fresh private directory (mode 0700) below the system's temporary one; disposing removes it with all it holds. */
export async function createSocketDirectory(): Promise<SocketDirectory> {
  const path = await Deno.makeTempDir({ prefix: "sockbench-" });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await Deno.remove(path, { recursive: true }).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    },
  };
}
