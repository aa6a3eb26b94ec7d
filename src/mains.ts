// The suite's own files that processes and workers are started with, or that a command loads when it is called. A package is bundled, where they lie elsewhere: it has this file
// with other paths, so that no other may name one.

/** Main modules, by what they run as, and modules of the engine that are loaded late. */
export const MAINS = {
  cli: "./cli/main.ts",
  child: "./cli/child_main.ts",
  experiment: "./cli/experiment_main.ts",
  agent: "./ab/agent_main.ts",
  process: "./peer/process_main.ts",
  worker: "./peer/worker_main.ts",
  tracer: "./peer/tracer_main.ts",
  rendering: "./cli/rendering.ts",
  judging: "./cli/judging.ts",
  pairing: "./cli/ab_job.ts",
  claiming: "./cli/claiming.ts",
  loading: "./cli/loading.ts",
  formats: "./report/registry.ts",
} as const;

/** The address of a main module. */
export function mainUrl(name: keyof typeof MAINS): URL {
  return new URL(MAINS[name], import.meta.url);
}

/** The folder of the suite's deno.json. */
export const SUITE_ROOT: URL = new URL("../", import.meta.url);
