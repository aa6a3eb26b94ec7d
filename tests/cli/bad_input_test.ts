import { assertEquals } from "@std/assert";
import {
  assertRefused,
  names,
  sockbench,
  sockbenchHere,
  temporaryDirectory,
  TINY_RUN,
} from "./sockbench.ts";

/** Arguments of `run` and the sentence that refuses them. */
const REFUSED: readonly (readonly [readonly string[], RegExp])[] = [
  [["--scenario=round-trp"], /no scenario "round-trp" .*; did you mean round-trip\?/],
  [["--transport", "tpc,unix"], /no transport "tpc" .*; did you mean tcp\?/],
  [["--transport=htpp2"], /no transport "htpp2" .*; did you mean http2\?/],
  [["--transport=tcp@nod"], /no transport "tcp@nod" .*; did you mean tcp@node\?/],
  [["--profile=quik"], /--profile must be one of .*: "quik" is not; did you mean quick\?/],
  [["--profile=fast"], /--profile must be one of quick, standard, thorough: "fast" is not/],
  [["--peer=proces"], /--peer must be one of .* did you mean process\?/],
  [["--case=round-trip/tpc/*"], /matches no case .* did you mean tcp\?/],
  [["--case=round-trip/tcp/byts=64"], /no case .* did you mean round-trip\/tcp\/bytes=64\?/],
  [["--case=round-trip/htpp2/*"], /matches no case .* did you mean http2\?/],
  [["--case=*/htpp2/*"], /matches no case .* did you mean http2\?/],
  [["--case=round-trip/tcp@nod/*"], /matches no case .* did you mean tcp@node\?/],
  [["--case=round-trip/*@ndoe/*"], /matches no case .* did you mean node\?/],
  [["--case=*@ndoe*"], /matches no case .* did you mean node\?/],
  [["--case=rond-trip/tcp/*"], /matches no case .* did you mean round-trip\?/],
  [["--case=round-trip/tcp/*", "--case=nonsense"], /--case nonsense matches no case/],
  [["--param=bytes=1e3.5"], /must be a size such as 64, 16k, .*: "1e3\.5" is not/],
  [["--param=bytes=NaN"], /"NaN" is not/],
  [["--param=bytes=larges"], /or segment: "larges" is not; did you mean largest\?/],
  [["--param=bytes=-5"], /"-5" is not/],
  [["--param=bytes=64,,1k"], /--param bytes has an empty value/],
  [["--param=bytes="], /--param bytes has an empty value/],
  [["--param=bytes"], /--param must be written name=value or name=v1,v2: "bytes" is not/],
  [["--scenario=fan-in", "--param=peers=1"], /parameter peers is now called clients/],
  [["--param=byts=64"], /parameter "byts" .*; did you mean bytes\?/],
  [["--param=bytes=99GiB"], /must be from 1 to \d+ bytes: "99GiB" is not/],
  [["--param=pattern=write-red", "--scenario=nagle"], /did you mean write-read\?/],
  [["--rounds=0"], /rounds must be a whole number from 1 to 10000: "0" is not/],
  [["--rounds=ten"], /rounds .* "ten" is not/],
  [["--rounds", "-3"], /rounds .* "-3" is not/],
  [["--rounds=10001"], /rounds .* "10001" is not/],
  [["--budget=5s"], /--budget needs --precision/],
  [["--seed=4294967296"], /seed must be a whole number from 0 to 4294967295/],
  [["--seed=1", "--seed=2"], /--seed can be given only once/],
  [["--seed"], /--seed needs a value/],
  [["--format=pdf"], /no format "pdf" \(there is md, html/],
  [["--format=mdd"], /did you mean md\?/],
  [["--scenario=,"], /--scenario has an empty item/],
  [["--module=./missing.ts"], /--module \.\/missing\.ts is no file/],
  [["--module=https://example.com/mine.ts"], /--module takes a file of this machine/],
  [["--quiet", "--verbose"], /contradict/],
  [["surplus"], /does not know what to do with "surplus"/],
  [["--scenario=connect", "--transport=udp"], /none of the selected scenarios runs over/],
];

for (const [index, [args, sentence]] of REFUSED.entries()) {
  Deno.test(`sockbench run ${args.join(" ")} is refused in one sentence`, async () => {
    await using directory = await temporaryDirectory();
    const words = ["run", ...args];
    // Each in this process; some as a user runs them, too.
    assertRefused(await sockbenchHere(words, directory.path), sentence);
    if (index % 8 === 0) {
      assertRefused(await sockbench(words, { cwd: directory.path }), sentence);
    }
    assertEquals(names(directory.path), []);
  });
}

Deno.test("sockbench gate --normalize yardstick is answered in one sentence that says what to do", async () => {
  await using directory = await temporaryDirectory();
  const args = ["gate", "--baseline=base.json", "--normalize", "yardstick"];
  assertRefused(
    await sockbench(args, { cwd: directory.path }),
    /--normalize is gone, .*: measure the baseline on this machine, or use ab/,
  );
  assertEquals(names(directory.path), []);
});

Deno.test("sockbench run exits 3 when everything asked for is skipped, and says why", async () => {
  await using directory = await temporaryDirectory();
  const options = { cwd: directory.path };
  assertRefused(
    await sockbench(
      ["run", "--scenario=round-trip", "--transport=udp", "--param=bytes=1MiB"],
      options,
    ),
    /nothing to measure: .*bytes=1048576 .* the limit is 65507/,
    3,
  );
  assertRefused(
    await sockbench(
      ["run", "--scenario=round-trip", "--transport=tcp", "--param=bytes=largest"],
      options,
    ),
    /nothing to measure: .* tcp is a stream/,
    3,
  );
});

Deno.test("sockbench run calls a case skipped, not unknown, whose transport is not permitted", async () => {
  await using directory = await temporaryDirectory();
  const run = (...globs: string[]) =>
    sockbench(["run", "--out=out", ...globs.map((glob) => `--case=${glob}`)], {
      cwd: directory.path,
      permissions: ["--allow-read", "--allow-write"],
    });
  const id = "round-trip/tcp/bytes=64";
  const reason = /nothing to measure: transport tcp is skipped: .*--allow-net/;
  assertRefused(await run(id), reason, 3);
  assertRefused(await run(id, "round-trip/tpc/*"), /--case round-trip\/tpc\/\* matches no case/);
  assertEquals(names(directory.path), []);
});

Deno.test("sockbench run refuses a broken module with its reason", async () => {
  await using directory = await temporaryDirectory();
  const module = `${directory.path}/mine.ts`;
  const run = async (text: string) => {
    await Deno.writeTextFile(module, text);
    return await sockbench([...TINY_RUN, `--module=${module}`], { cwd: directory.path });
  };
  assertRefused(await run("export default {"), /Cannot load module .*mine\.ts/);
  assertRefused(await run('throw new Error("broken on purpose")'), /broken on purpose/);
  assertRefused(await run("export default { scenarios: 7 }"), /scenarios: they must be a list/);
  assertRefused(await run("export const x = 1;"), /must export default/);
  assertRefused(
    await run('export default { scenarios: [{ id: "round-trip" }] }'),
    /Cannot use scenario "round-trip": question must be a text: it is missing/,
  );
});

Deno.test("sockbench run refuses an --out that is a file, or lies below one, before it measures", async () => {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/file`;
  await Deno.writeTextFile(file, "kept");
  for (const out of [file, `${file}/below`]) {
    assertRefused(await sockbench([...TINY_RUN, "--out", out]), /it is, or lies below, a file/);
  }
  const link = `${directory.path}/link`;
  await Deno.symlink(`${directory.path}/gone`, link);
  assertRefused(await sockbench([...TINY_RUN, "--out", link]), /it is a link to what is not there/);
  assertEquals(await Deno.readTextFile(file), "kept");
});

Deno.test("sockbench run refuses an --out that may not be written, before it measures", async () => {
  await using directory = await temporaryDirectory();
  const permissions = ["--allow-net", "--allow-read", "--allow-write=/nonexistent"];
  assertRefused(
    await sockbench([...TINY_RUN, "--out", directory.path], { permissions }),
    /cannot write to --out .*: permission missing \(--allow-write\)/,
  );
});

Deno.test("sockbench run --peer process is refused without the permission to start one", async () => {
  assertRefused(
    await sockbench([...TINY_RUN.filter((arg) => !arg.startsWith("--peer")), "--peer=process"], {
      permissions: ["--allow-net", "--allow-read", "--allow-write"],
    }),
    /--peer process cannot be used: permission missing: --allow-run/,
  );
});

Deno.test("sockbench calls an error that nobody catches a bug, never a regression", async () => {
  await using directory = await temporaryDirectory();
  const module = `${directory.path}/module.ts`;
  const wait = "await new Promise((resolve) => setTimeout(resolve, 2000));\nexport default {};\n";
  for (
    const fault of [
      'setTimeout(() => { throw new TypeError("late\\nand long"); }, 1);',
      'void Promise.reject(new TypeError("late\\nand long"));',
    ]
  ) {
    await Deno.writeTextFile(module, `${fault}\n${wait}`);
    const outcome = await sockbench(["list", "--module", module]);
    assertRefused(outcome, /^sockbench: unexpected TypeError: late and long \(a bug;/, 70);
  }
});
