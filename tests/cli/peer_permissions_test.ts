import { assertEquals, assertMatch } from "@std/assert";
import { decodeRecord } from "../../src/record/codec.ts";
import { PERMISSIONS, sockbench, temporaryDirectory } from "./sockbench.ts";

const ROOT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");
const MODULE = `${ROOT}/tests/support/curious_module.ts`;

const SCOPED_NET = "--allow-net=127.0.0.1,[::1]";

/** The task's permissions with some of them replaced, by their names. */
function permissionsWith(changes: Readonly<Record<string, readonly string[]>>): string[] {
  return PERMISSIONS.flatMap((one) => changes[/^--allow-(\w+)/.exec(one)![1]!] ?? [one]);
}

/** What a user's module could do in the peer of a run, and what the record says of the peer. */
async function attempts(permissions: readonly string[], args: readonly string[] = []) {
  await using directory = await temporaryDirectory();
  const { err, code } = await sockbench([
    "run",
    "--profile=quick",
    "--rounds=1",
    "--case=curious/tcp/bytes=64",
    `--module=${MODULE}`,
    "--format=json",
    `--out=${directory.path}`,
    ...args,
  ], { permissions: permissions.map((one) => one.replace("$OUT", directory.path)), cwd: ROOT });
  try {
    const text = await Deno.readTextFile(`${directory.path}/latest.json`);
    const { settings, skipped, trials } = decodeRecord(text, "latest.json");
    return {
      peer: settings.peer,
      could: /could (.*)/.exec(trials[0]?.error?.message ?? "")?.[1]?.split(", "),
      why: skipped.find(({ what }) => what === "peer process")?.reason,
    };
  } catch {
    return { code, err };
  } finally {
    await Deno.remove(`${ROOT}/tests/support/written.tmp`).catch(() => {});
  }
}

Deno.test("a peer in a process of its own has whole what the driver has whole, but starts and writes nothing", async () => {
  assertEquals(await attempts(PERMISSIONS), {
    peer: "process",
    could: ["read /etc/passwd", "listen on 0.0.0.0", "listen on 127.0.0.1", "know the host's name"],
    why: undefined,
  });
});

Deno.test("a peer in a process of its own listens on loopback alone where the driver may open nothing else", async () => {
  const { peer, could } = await attempts(permissionsWith({ net: [SCOPED_NET] }));
  assertEquals({ peer, could }, {
    peer: "process",
    could: ["read /etc/passwd", "listen on 127.0.0.1", "know the host's name"],
  });
});

Deno.test("a peer in a process of its own reads the project alone where the driver may not read everything", async () => {
  const scoped = permissionsWith({ read: [`--allow-read=${ROOT},$OUT`], sys: [] });
  assertEquals(await attempts(scoped, ["--peer=process"]), {
    peer: "process",
    could: ["listen on 0.0.0.0", "listen on 127.0.0.1"],
    why: undefined,
  });
});

Deno.test("no peer reads what is denied to the driver, or opens a port that is", async () => {
  const denials: readonly Readonly<Record<string, readonly string[]>>[] = [
    { read: ["--allow-read", "--deny-read=/etc"] },
    { read: ["--allow-read", "--deny-read=/etc/passwd"] },
    { net: [SCOPED_NET, "--deny-net=127.0.0.1:2222"] },
    { net: ["--allow-net", "--deny-net=0.0.0.0"] },
    { sys: ["--allow-sys", "--deny-sys=hostname"] },
  ];
  const forbidden = [
    "read /etc/passwd",
    "read /etc/passwd",
    undefined,
    "listen on 0.0.0.0",
    "know the host's name",
  ];
  for (const [index, denied] of denials.entries()) {
    const found = await attempts(permissionsWith(denied));
    const could = found.could ?? [];
    assertEquals(could.length > 0, true, `${JSON.stringify(denied)}: ${JSON.stringify(found)}`);
    assertEquals(could.includes(forbidden[index] ?? ""), false, JSON.stringify(denied));
  }
});

Deno.test("where a process cannot be given exactly what the driver has, a worker is the peer, and the record says why", async () => {
  const denied = { net: [SCOPED_NET, "--deny-net=127.0.0.1:2222,[::1]:2222"] };
  const { peer, why, could } = await attempts(permissionsWith(denied));
  assertEquals({ peer, could: could?.includes("listen on 0.0.0.0") }, {
    peer: "worker",
    could: false,
  });
  assertMatch(
    why!,
    /^permission missing: --allow-net=127\.0\.0\.1, all ports of it; worker is used$/,
  );
  const refused = await attempts(permissionsWith(denied), ["--peer=process"]);
  assertEquals(refused, {
    code: 2,
    err:
      "sockbench: --peer process cannot be used: permission missing: --allow-net=127.0.0.1, all ports of it\n",
  });
  const read = { read: [`--allow-read=${ROOT}/src,${ROOT}/tests/support,$OUT`] };
  const scoped = await attempts(permissionsWith(read));
  assertEquals(scoped.peer ?? scoped, "worker");
});

Deno.test("agents of ab have no more permissions than their driver", async () => {
  await using directory = await temporaryDirectory();
  const abWith = (permissions: readonly string[]) =>
    sockbench([
      "ab",
      "--base=self",
      "--head=self",
      "--case=curious/tcp/bytes=64",
      `--module=${MODULE}`,
      "--metric=headline",
      "--pairs=1",
      "--alpha=0.02",
      "--budget=1s",
      `--out=${directory.path}`,
    ], { permissions: [...permissions], cwd: ROOT });
  await abWith(permissionsWith({ net: [SCOPED_NET], read: ["--allow-read", "--deny-read=/etc"] }));
  const head = decodeRecord(await Deno.readTextFile(`${directory.path}/ab-head.json`), "head");
  assertEquals(/could (.*)/.exec(head.trials[0]!.error!.message)![1]!.split(", "), [
    "listen on 127.0.0.1",
    "know the host's name",
  ]);
  const { code, err } = await abWith(permissionsWith({ net: ["--allow-net=127.0.0.1:80"] }));
  assertEquals(code, 3);
  assertMatch(err, /agent self needs --allow-net=127\.0\.0\.1, all ports of it\n$/);
});
