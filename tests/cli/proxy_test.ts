import { assertEquals } from "@std/assert";
import { decodeRecord } from "../../src/record/codec.ts";
import { keepLoopbackFromProxies } from "../../src/transport/direct_client.ts";
import { sockbench, temporaryDirectory } from "./sockbench.ts";

const run = (out: string) => [
  "run",
  "--profile=quick",
  "--rounds=1",
  "--scenario=round-trip",
  "--transport=http,websocket,https,http2,h2c",
  "--param=bytes=64",
  "--peer=loop",
  `--out=${out}`,
];

/** A proxy that refuses everything, and counts. */
function startProxy() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const found = { asked: 0 };
  const answering = (async () => {
    for await (const conn of listener) {
      found.asked++;
      await conn.write(
        new TextEncoder().encode("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"),
      );
      conn.close();
    }
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    found,
    async [Symbol.asyncDispose]() {
      listener.close();
      await answering;
    },
  };
}

const VARIABLES = [
  "HTTP_PROXY",
  "http_proxy",
  "HTTPS_PROXY",
  "https_proxy",
  "ALL_PROXY",
  "all_proxy",
];

for (const variable of VARIABLES) {
  Deno.test(`sockbench run measures http, https and websocket past the proxy that ${variable} names`, async () => {
    await using directory = await temporaryDirectory();
    await using proxy = startProxy();
    const { code } = await sockbench(run(directory.path), {
      // Deno itself asks for its newest version, by the proxy of HTTPS.
      env: { DENO_NO_UPDATE_CHECK: "1", NO_PROXY: "", no_proxy: "", [variable]: proxy.url },
    });
    assertEquals({ code, ...proxy.found }, { code: 0, asked: 0 });
    const record = decodeRecord(
      await Deno.readTextFile(`${directory.path}/latest.json`),
      "latest.json",
    );
    assertEquals(
      record.trials.map((trial) => [trial.case, trial.error]).sort(),
      ["h2c", "http", "http2", "https", "websocket"].map((
        id,
      ) => [`round-trip/${id}/bytes=64`, undefined]),
    );
  });
}

Deno.test("sockbench says that NO_PROXY keeps http-unix from its socket file", async () => {
  const { out } = await sockbench(["list", "--json"], { env: { NO_PROXY: "127.0.0.0/8" } });
  const found: { id: string; reason?: string }[] = JSON.parse(out).transports;
  const { reason } = found.find(({ id }) => id === "http-unix")!;
  assertEquals(
    reason?.split(" (")[0],
    "Cannot connect http-unix: NO_PROXY has all of 127.0.0.0/8, for which fetch goes by no socket file",
  );
});

Deno.test("keepLoopbackFromProxies() names addresses that a * does not stand for", () => {
  const before = Deno.env.get("NO_PROXY");
  Deno.env.set("NO_PROXY", "*");
  keepLoopbackFromProxies();
  assertEquals(Deno.env.get("NO_PROXY"), "*,127.0.0.1,::1,localhost");
  if (before === undefined) Deno.env.delete("NO_PROXY");
  else Deno.env.set("NO_PROXY", before);
});

Deno.test("sockbench keeps the clients of users' modules from asking a proxy for loopback, and others' hosts as they were", async () => {
  await using directory = await temporaryDirectory();
  await using proxy = startProxy();
  const module = `${directory.path}/fetching.ts`;
  await Deno.writeTextFile(
    module,
    `const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("direct"));
     const answer = await (await fetch("http://127.0.0.1:" + server.addr.port)).text();
     await server.shutdown();
     throw new Error("answered: " + answer + ", but for " + Deno.env.get("NO_PROXY"));`,
  );
  const env = { HTTP_PROXY: proxy.url, NO_PROXY: "registry.example, 127.0.0.1" };
  const { err } = await sockbench(["list", `--module=${module}`], {
    permissions: ["--allow-net", "--allow-read", "--allow-env=NO_PROXY,no_proxy"],
    env,
  });
  assertEquals(proxy.found.asked, 0);
  assertEquals(
    err.includes("answered: direct, but for registry.example,127.0.0.1,::1,localhost"),
    true,
    err,
  );
});
