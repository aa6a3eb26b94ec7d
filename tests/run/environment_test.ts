import { assert, assertEquals } from "@std/assert";
import { coresOf, type Environment, factOf } from "../../src/model/environment.ts";
import { FACT_ROWS } from "../../src/model/fact_rows.ts";
import { describeVirtualization, readEnvironment } from "../../src/run/environment.ts";
import { readSystemFiles, splitGrepOutput } from "../../src/run/system_files.ts";
import { LIBC, needs } from "../support/needs.ts";

const NOTHING = {
  cpuInfo: undefined,
  vendor: undefined,
  clocksources: undefined,
  cgroup: undefined,
  hasContainerMark: false,
};
const X86 = "processor\t: 0\nflags\t\t: fpu hypervisor lahf_lm\n";

Deno.test("describeVirtualization() names the hypervisor after clock sources, then after the firmware", () => {
  const virtual = { ...NOTHING, cpuInfo: X86 };
  assertEquals(describeVirtualization(virtual), "virtual machine");
  assertEquals(
    describeVirtualization({ ...virtual, clocksources: "kvm-clock tsc acpi_pm\n" }),
    "virtual machine (KVM)",
  );
  assertEquals(
    describeVirtualization({ ...virtual, clocksources: "hyperv_clocksource_tsc_page\n" }),
    "virtual machine (Hyper-V)",
  );
  assertEquals(
    describeVirtualization({ ...virtual, vendor: "VMware, Inc.\n" }),
    "virtual machine (VMware, Inc.)",
  );
});

Deno.test("describeVirtualization() tells containers by their marks, alone and within a virtual machine", () => {
  const bare = { ...NOTHING, cpuInfo: "flags\t: fpu\n" };
  assertEquals(describeVirtualization({ ...bare, hasContainerMark: true }), "container");
  assertEquals(describeVirtualization({ ...bare, cgroup: "0::/kubepods/pod1\n" }), "container");
  assertEquals(
    describeVirtualization({
      ...NOTHING,
      cpuInfo: X86,
      clocksources: "kvm-clock",
      hasContainerMark: true,
    }),
    "container in a virtual machine (KVM)",
  );
});

Deno.test("describeVirtualization() says bare metal only when it could look, and null when it could not", () => {
  const amazon = { ...NOTHING, cpuInfo: "flags\t: fpu\n", vendor: "Amazon EC2" };
  assertEquals(describeVirtualization(amazon), "bare metal");
  assertEquals(describeVirtualization(NOTHING), null);
});

Deno.test("splitGrepOutput() gives each line back to its file", () => {
  const paths = ["/proc/a", "/proc/a/b"];
  const texts = splitGrepOutput("/proc/a:one:two\n/proc/a/b:x\n/proc/a:three\n\n", paths);
  assertEquals([...texts], [["/proc/a", "one:two\nthree\n"], ["/proc/a/b", "x\n"]]);
});

Deno.test({
  ...needs(
    "readSystemFiles() reads the same through libc as Deno does with --allow-all, and leaves out what is not there",
    LIBC,
  ),
  async fn() {
    const path = "/proc/sys/net/core/somaxconn";
    const { texts, refusal } = await readSystemFiles([path, "/proc/sys/net/core/nothing"]);
    assertEquals([...texts], [[path, await Deno.readTextFile(path)]]);
    assertEquals(refusal, undefined);
  },
});

Deno.test({
  ...needs("readEnvironment() reads kernel settings with --allow-ffi alone, without grep", LIBC),
  async fn() {
    assertEquals(
      factOf(await environmentOf(["--allow-ffi"]), "net.core.somaxconn"),
      Number(await Deno.readTextFile("/proc/sys/net/core/somaxconn")),
    );
  },
});

async function environmentOf(permissions: readonly string[]) {
  const module = new URL("../../src/run/environment.ts", import.meta.url).href;
  const source = `
    import { readEnvironment } from ${JSON.stringify(module)};
    console.log(JSON.stringify(await readEnvironment()));
  `;
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, source);
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", ...permissions, path],
    }).output();
    assertEquals(code, 0);
    const environment = JSON.parse(new TextDecoder().decode(stdout));
    return environment as Environment;
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readEnvironment() knows versions, platform and cores, and says why the rest is missing", async () => {
  const environment = await readEnvironment();
  assertEquals(factOf(environment, "deno"), Deno.version.deno);
  assert(coresOf(environment) >= 1);
  assert(String(factOf(environment, "platform")).includes(Deno.build.os));
  assertEquals(
    environment.facts.map(({ id }) => id),
    [...FACT_ROWS.keys()].filter((id) => !["subject", "node", "bun", "modules"].includes(id)),
  );
  for (const { what, reason } of environment.missing) assert(what !== "" && reason !== "");
  const text = JSON.stringify(environment);
  assert(!text.includes(Deno.hostname()) || Deno.hostname().length < 4);
});

Deno.test({
  ...needs("readEnvironment() reads how long a round trip over a socket pair takes", LIBC),
  async fn() {
    const reading = factOf(await readEnvironment(), "socketpair");
    assert(Number.isInteger(reading) && Number(reading) > 0, String(reading));
  },
});

Deno.test("readEnvironment() learns less without permissions, says so, and never prompts", async () => {
  const environment = await environmentOf([]);
  assertEquals(factOf(environment, "kernel"), null);
  assertEquals(factOf(environment, "cpu"), null);
  const missing = environment.missing.map(({ what }) => what);
  for (const what of ["kernel", "CPU", "memory"]) assert(missing.includes(what), what);
});
