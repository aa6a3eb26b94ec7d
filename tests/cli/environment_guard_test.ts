import { assert, assertEquals, assertMatch } from "@std/assert";
import type { EnvironmentFact } from "../../src/model/environment.ts";
import { PERMISSIONS, sockbench, type StartOptions, temporaryDirectory } from "./sockbench.ts";
import { limitedGroup, loopbackWithMtu, obtained } from "../support/surroundings.ts";
import { files, LIBC, LINUX, needs, program } from "../support/needs.ts";

const permissions = [...PERMISSIONS, "--allow-ffi"];

/** A record of one short trial, measured now. */
async function measure(out: string, options: StartOptions = {}): Promise<string> {
  const args = ["run", "--profile=quick", "--rounds=1", "--case=round-trip/udp/bytes=64"];
  const { code, err } = await sockbench([...args, "--peer=loop", `--out=${out}`, "--quiet"], {
    permissions,
    ...options,
  });
  assertEquals({ code, err }, { code: 0, err: "" });
  return `${out}/latest.json`;
}

type Sysctls = Record<string, unknown>;

function settingsOf(path: string): Sysctls {
  const { facts = [] } = JSON.parse(Deno.readTextFileSync(path)).environment;
  return Object.fromEntries(facts.map(({ id, value }: EnvironmentFact) => [id, value]));
}

/** Gates two files and returns what is said. */
async function gate(baseline: string, candidate: string, out: string) {
  const args = [`--baseline=${baseline}`, `--candidate=${candidate}`, `--out=${out}`];
  const { code, out: said, err } = await sockbench(["gate", ...args], { permissions });
  // As one line, wherever the terminal's width broke it.
  return { code, said: (said + err).replaceAll(/\n */g, " ") };
}

Deno.test({
  ...needs(
    "gate refuses two records whose loopback MTU or CPU quota differ, and names both values",
    LINUX,
    LIBC,
  ),
  async fn() {
    await using directory = await temporaryDirectory();
    const baseline = await measure(directory.path);
    const second = await measure(`${directory.path}/second`);
    const { "lo.mtu": mtu, "cpu.quota": quota } = settingsOf(baseline);
    assert(typeof mtu === "number" && mtu >= 576, `lo.mtu is ${mtu}`);
    assert(quota === "none" || typeof quota === "number" && quota > 0, `cpu.quota is ${quota}`);
    const changes = [["lo.mtu", "MTU of lo", Number(mtu) - 1], [
      "cpu.quota",
      "CPU quota in cores",
      0.2,
    ]] as const;
    for (const [name, label, value] of changes) {
      const record = JSON.parse(await Deno.readTextFile(second));
      record.environment.facts.find(({ id }: EnvironmentFact) => id === name).value = value;
      const candidate = `${directory.path}/${name}.json`;
      await Deno.writeTextFile(candidate, JSON.stringify(record));
      const { code, said } = await gate(baseline, candidate, directory.path);
      assertMatch(said, new RegExp(`${label} differs: \\S+ in base, ${value} in head`));
      assertEquals(code, 3);
    }
  },
});

const SMALL_MTU = 1500;
const namespace = await loopbackWithMtu(SMALL_MTU);

Deno.test({
  ...needs(
    "gate refuses a record of a namespace whose loopback has another MTU, and so does measuring there",
    obtained(namespace),
  ),
  async fn() {
    if ("obstacle" in namespace) return;
    await using directory = await temporaryDirectory();
    const baseline = await measure(directory.path);
    const via = namespace.got;
    const candidate = await measure(`${directory.path}/small`, { via });
    assertEquals(settingsOf(candidate)["lo.mtu"], SMALL_MTU);
    const { code, said } = await gate(baseline, candidate, directory.path);
    assertMatch(said, /MTU of lo differs: \d+ in base, 1500 in head/);
    assertEquals(code, 3);
    const now = await sockbench(
      ["gate", `--baseline=${baseline}`, `--out=${directory.path}`],
      { permissions, via },
    );
    assertMatch(now.out + now.err, /MTU of lo differs: \d+ in base, 1500 in head/);
    assertEquals(now.code, 3);
  },
});

Deno.test({
  ...needs(
    "without --allow-ffi the MTU of the own namespace is read too, where IPv6 shows it",
    obtained(namespace),
    program("grep"),
    files("/proc/sys/net/ipv6/conf/lo/mtu"),
  ),
  async fn() {
    if ("obstacle" in namespace) return;
    await using directory = await temporaryDirectory();
    const path = await measure(directory.path, { permissions: PERMISSIONS, via: namespace.got });
    assertEquals(settingsOf(path)["lo.mtu"], SMALL_MTU);
  },
});

const probe = limitedGroup(1);
if ("got" in probe) probe.got[Symbol.dispose]();

Deno.test({
  ...needs(
    "a record knows the CPU quota of the control group that it was measured in",
    obtained(probe),
  ),
  async fn() {
    const group = limitedGroup(1.5);
    if ("obstacle" in group) throw new Error(group.obstacle);
    using limited = group.got;
    await using directory = await temporaryDirectory();
    const { via } = limited;
    assertEquals(settingsOf(await measure(directory.path, { via }))["cpu.quota"], 1.5);
    const { out } = await sockbench(["doctor", "--peer=loop"], { permissions, via });
    assertMatch(out, /CPU quota in cores +1\.5: /);
  },
});
