import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { STEPS } from "../../../bench/validation/floor/end.ts";
import { renderFloor } from "../../../bench/validation/floor/report.ts";
import { runTool } from "../../../bench/validation/reference_tools/tool_process.ts";
import { LINUX, needs, program } from "../../support/needs.ts";

const STEP_NAMES = ["C loop", ...STEPS, "suite"];

function report(added: readonly number[], rounds = 8): string {
  return renderFloor({
    facts: ["some CPU"],
    rounds,
    rows: [{
      transport: "tcp",
      steps: STEP_NAMES.map((step, index) => ({
        step,
        ns: Array.from(
          { length: rounds },
          (_, round) =>
            (1 + round / 100) * (10_000 + added.slice(0, index).reduce((sum, ns) => sum + ns, 0)),
        ),
      })),
    }],
  });
}

Deno.test("renderFloor() judges suite against C by the whole interval and shows what each step adds", () => {
  const text = report([100, 50, 30, 20, 0]);
  assertStringIncludes(
    text,
    "| tcp@libc | 10.35 µs | 10.56 µs | 1.020 | [1.020, 1.020] | 8 | ≤ 1.05 | met |",
  );
  assertStringIncludes(
    text,
    "| tcp@libc | +104 [+100, +107] | +52 [+50, +54] | +31 [+30, +32] | +21 [+20, +21] | +0 [+0, +0] |",
  );
  assertStringIncludes(report([1_000, 0, 0, 0, 0]), "| missed |");
  const few = report([100, 0, 0, 0, 0], 3);
  assertStringIncludes(few, "– (too few rounds) | 3 | ≤ 1.05 | cannot tell |");
  assert(!few.includes("[+"));
});

Deno.test("each end of a floor pair exchanges by every step over a stream and over datagrams", async () => {
  const directory = await Deno.makeTempDir({ prefix: "floor-" });
  const end = new URL("../../../bench/validation/floor/end.ts", import.meta.url).pathname;
  const command = (...args: string[]) => ["run", "-A", "--no-check", end, ...args];
  try {
    for (const [transport, step] of [["unix", "channel"], ["udp", "calls"], ["tcp", "timeouts"]]) {
      const server = new Deno.Command(Deno.execPath(), {
        args: command("serve", `${transport}@libc`, step!, directory),
        stdout: "piped",
      }).spawn();
      const reader = server.stdout.getReader();
      const endpoint = new TextDecoder().decode((await reader.read()).value).trim();
      const { code, out, err } = await runTool([
        Deno.execPath(),
        ...command("drive", `${transport}@libc`, step!, directory, endpoint),
      ], 60_000);
      assertEquals(code, 0, err);
      assert(Number(out) > 0, out);
      server.kill("SIGKILL");
      await server.status;
      await reader.cancel();
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test({
  ...needs("the C loop prints what an exchange takes, over each transport", LINUX, program("gcc")),
  async fn() {
    const directory = await Deno.makeTempDir();
    try {
      const source = new URL("../../../bench/validation/floor/floor.c", import.meta.url).pathname;
      const built = await runTool([
        "gcc",
        "-O2",
        "-Wall",
        "-Werror",
        "-o",
        `${directory}/floor`,
        source,
      ], 60_000);
      assertEquals(built.code, 0, built.err);
      for (const transport of ["tcp", "udp", "unix", "unixpacket"]) {
        const { out, code } = await runTool(
          [`${directory}/floor`, transport, "64", "1", "5"],
          10_000,
        );
        assertEquals(code, 0);
        assert(Number(out) > 0, out);
      }
      assertEquals((await runTool([`${directory}/floor`], 10_000)).code, 2);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
