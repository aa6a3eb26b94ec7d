// The exchange of `round-trip` with bytes=64 and peer loop, by hand: nothing of the suite, for Deno, Node and Bun alike. Prints the median of
// 20,000 exchanges in microseconds, after as many that do not count. `node plain_exchange.mjs tcp|unix|udp`
import dgram from "node:dgram";
import net from "node:net";
import process from "node:process";

const [, , kind = "tcp"] = process.argv;
const message = new Uint8Array(64);
const path = `/tmp/plain-${process.pid}`;
const times = [];
let sentAt = 0;
const next = (send) => {
  if (sentAt > 0) times.push(performance.now() - sentAt);
  if (times.length === 40_000) {
    const sorted = times.slice(20_000).sort((a, b) => a - b);
    process.stdout.write(`${(1e3 * sorted[10_000]).toFixed(2)}\n`, () => process.exit(0));
    return;
  }
  sentAt = performance.now();
  send();
};

if (kind === "udp") {
  const server = dgram.createSocket("udp4");
  server.on("message", (data, { port }) => server.send(data, port, "127.0.0.1"));
  server.bind(0, "127.0.0.1", () => {
    const client = dgram.createSocket("udp4");
    const send = () => client.send(message, server.address().port, "127.0.0.1");
    client.on("message", () => next(send));
    client.bind(0, "127.0.0.1", () => next(send));
  });
} else {
  const server = net.createServer(
    { noDelay: true },
    (socket) => socket.on("data", (data) => socket.write(data)),
  );
  server.listen(kind === "unix" ? { path } : { host: "127.0.0.1", port: 0 }, () => {
    const at = kind === "unix" ? { path } : { host: "127.0.0.1", port: server.address().port };
    const client = net.connect({ ...at, noDelay: true }, () => next(send));
    const send = () => client.write(message);
    client.on("data", () => next(send));
  });
}
