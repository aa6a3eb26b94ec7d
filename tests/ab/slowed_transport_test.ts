import { assert, assertEquals, assertRejects } from "@std/assert";
import { slowedTransport } from "../../src/ab/slowed_transport.ts";
import type { Clock } from "../../src/clock.ts";
import type { StreamChannel } from "../../src/transport/channel.ts";
import type { DatagramTransport, StreamTransport } from "../../src/transport/transport.ts";

/** A clock on which every reading takes 1 ns, and sockets that take a known time. */
class CountingClock implements Clock {
  ns = 0;
  nowNs(): number {
    return this.ns++;
  }
  sleepUntilNs(): Promise<void> {
    return Promise.resolve();
  }
}

const WRITE_NS = 1_000;
const READ_NS = 9_000;
const CONNECT_NS = 50_000;

function knownStream(clock: CountingClock): StreamTransport {
  const takes = <T>(ns: number, value: T): Promise<T> => {
    clock.ns += ns;
    return Promise.resolve(value);
  };
  return {
    name: "known",
    driver: "deno",
    mode: "stream",
    title: "A stream that takes known times",
    probe: () => Promise.resolve({ available: true }),
    listen: () => Promise.reject(new Error("not used")),
    connect: () =>
      takes(CONNECT_NS, {
        mode: "stream",
        read: (buffer: Uint8Array) => takes(READ_NS, buffer.length),
        write: (data: Uint8Array) => takes(WRITE_NS, data.length),
        closeWrite: () => Promise.resolve(),
        close() {},
      }),
  };
}

/** Readings of the clock cost a few ns in each operation: they are not what is tested. */
function assertAbout(actualNs: number, expectedNs: number): void {
  assertEquals(Math.round(actualNs / 100) * 100, Math.round(expectedNs));
}

const ENDPOINT = { kind: "memory", name: "known" } as const;
const BYTES = new Uint8Array(8);

for (const share of [0, 0.1, 0.5]) {
  Deno.test(`slowedTransport() makes connect and exchange take ${1 + share} times as long`, async () => {
    const clock = new CountingClock();
    const transport = slowedTransport(
      knownStream(clock),
      { share, where: "all" },
      clock,
    ) as StreamTransport;
    const channel = await transport.connect(ENDPOINT, { directory: "" });
    assertAbout(clock.ns, CONNECT_NS * (1 + share));
    const startNs = clock.ns;
    for (let k = 0; k < 3; k++) {
      await channel.write(BYTES);
      await channel.read(BYTES);
    }
    assertAbout(clock.ns - startNs, 3 * (WRITE_NS + READ_NS) * (1 + share));
  });

  Deno.test(`slowedTransport() makes each step of a transfer take ${1 + share} times as long, the other end's work included`, async () => {
    const clock = new CountingClock();
    const transport = slowedTransport(
      knownStream(clock),
      { share, where: "all" },
      clock,
    ) as StreamTransport;
    const channel = await transport.connect(ENDPOINT, { directory: "" });
    await channel.write(BYTES);
    const startNs = clock.ns;
    for (let k = 0; k < 4; k++) {
      clock.ns += 7_000; // what the reader does on the same loop between two writes
      await channel.write(BYTES);
    }
    assertAbout(clock.ns - startNs, 4 * (7_000 + WRITE_NS) * (1 + share));
  });
}

Deno.test("slowedTransport() slows datagram exchanges at the end that has a remote, and not the other", async () => {
  const clock = new CountingClock();
  const datagrams: DatagramTransport = {
    name: "known",
    driver: "deno",
    mode: "datagram",
    title: "Datagrams that take known times",
    probe: () => Promise.resolve({ available: true }),
    bind: () => {
      const takes = <T>(ns: number, value: T): Promise<T> => {
        clock.ns += ns;
        return Promise.resolve(value);
      };
      return Promise.resolve({
        mode: "datagram",
        endpoint: ENDPOINT,
        send: (data: Uint8Array) => takes(WRITE_NS, data.length),
        receive: (buffer: Uint8Array) => takes(READ_NS, buffer.length),
        reply: (data: Uint8Array) => takes(WRITE_NS, data.length),
        close() {},
      });
    },
  };
  const slowed = slowedTransport(
    datagrams,
    { share: 0.2, where: "all" },
    clock,
  ) as DatagramTransport;
  const client = await slowed.bind({ directory: "", remote: ENDPOINT });
  await client.send(BYTES);
  await client.receive(BYTES);
  assertAbout(clock.ns, (WRITE_NS + READ_NS) * 1.2);
  const server = await slowed.bind({ directory: "" });
  const startNs = clock.ns;
  await server.receive(BYTES);
  await server.reply(BYTES);
  assertAbout(clock.ns - startNs, WRITE_NS + READ_NS);
});

Deno.test("slowedTransport() in the tail burns in the slowest few of a hundred exchanges only", async () => {
  const clock = new CountingClock();
  const inner = knownStream(clock);
  let exchanges = 0;
  const uneven: StreamTransport = {
    ...inner,
    async connect(endpoint, options) {
      const channel = await inner.connect(endpoint, options);
      return {
        ...channel,
        read(buffer) {
          // One exchange in a hundred takes four times as long.
          if (++exchanges % 100 === 0) clock.ns += 3 * (READ_NS + WRITE_NS);
          return channel.read(buffer);
        },
      };
    },
  };
  const transport = slowedTransport(
    uneven,
    { share: 0.5, where: "tail" },
    clock,
  ) as StreamTransport;
  const channel = await transport.connect(ENDPOINT, { directory: "" });
  const times: number[] = [];
  for (let k = 0; k < 600; k++) {
    const startNs = clock.ns;
    await channel.write(BYTES);
    await channel.read(BYTES);
    times.push(clock.ns - startNs);
  }
  const late = times.slice(300).toSorted((a, b) => a - b);
  assertAbout(late.at(-1)!, 4 * (READ_NS + WRITE_NS) * 1.5);
  assertAbout(late[150]!, READ_NS + WRITE_NS);
  assertEquals(late.filter((ns) => ns > 20_000).length, 3);
});

/** What a channel was asked for besides bytes, in the order of asking. */
function askedChannel(log: string[]): StreamChannel {
  return {
    mode: "stream",
    get settings() {
      log.push("settings");
      return { nagle: "on" };
    },
    descriptor() {
      log.push("descriptor");
      return 7;
    },
    read: (buffer) => buffer.length,
    write: (data) => data.length,
    setCork: (isOn) => void log.push(`cork ${isOn}`),
    acknowledgeNow: () => void log.push("acknowledge"),
    bareExchange: (bytes, count) => void log.push(`bare ${bytes} ${count}`),
    bareAnswer: (bytes) => void log.push(`answer ${bytes}`),
    bareCalls: (count) => void log.push(`calls ${count}`),
    closeWrite() {},
    close() {},
  };
}

Deno.test("slowedTransport() asks a channel for nothing by itself, and hands through whatever it has", async () => {
  const clock = new CountingClock();
  const log: string[] = [];
  const inner = { ...knownStream(clock), connect: () => askedChannel(log) };
  const transport = slowedTransport(inner, { share: 0.1, where: "all" }, clock) as StreamTransport;
  const channel = await transport.connect(ENDPOINT, { directory: "" });
  assertEquals(log, []);
  assertEquals(channel.settings, { nagle: "on" });
  assertEquals(channel.descriptor?.(), 7);
  channel.setCork?.(true);
  channel.acknowledgeNow?.();
  await channel.bareExchange?.(64, 3);
  await channel.bareAnswer?.(64);
  channel.bareCalls?.(9);
  assertEquals(log, [
    "settings",
    "descriptor",
    "cork true",
    "acknowledge",
    "bare 64 3",
    "answer 64",
    "calls 9",
  ]);
});

Deno.test("slowedTransport() offers what a channel lacks neither, and answers at once where the driver does", async () => {
  const clock = new CountingClock();
  const without = slowedTransport(
    knownStream(clock),
    { share: 0, where: "all" },
    clock,
  ) as StreamTransport;
  const bare = await without.connect(ENDPOINT, { directory: "" });
  for (const name of ["setCork", "acknowledgeNow", "descriptor", "bareExchange"] as const) {
    assertEquals(bare[name], undefined);
  }
  const blocking = { ...knownStream(clock), connect: () => askedChannel([]) };
  const at = slowedTransport(blocking, { share: 0.1, where: "all" }, clock) as StreamTransport;
  const channel = at.connect(ENDPOINT, { directory: "" });
  assert(!(channel instanceof Promise));
  const { write, read } = channel as StreamChannel;
  assertEquals([write(BYTES), read(BYTES)], [BYTES.length, BYTES.length]);
});

Deno.test("slowedTransport() keeps the methods of a transport that is an object of a class", async () => {
  class Own implements StreamTransport {
    readonly name = "own";
    readonly driver = "deno";
    readonly mode = "stream";
    readonly title = "A user's own";
    probe() {
      return Promise.resolve({ available: true } as const);
    }
    listen() {
      return Promise.reject(new Error("listens"));
    }
    connect() {
      return askedChannel([]);
    }
  }
  const clock = new CountingClock();
  const slowed = slowedTransport(new Own(), { share: 0.1, where: "all" }, clock) as StreamTransport;
  assertEquals(typeof slowed.probe, "function");
  assertEquals(await slowed.probe({ directory: "" }), { available: true });
  await assertRejects(() => slowed.listen({ directory: "" }), Error, "listens");
});
