/** Controls of claims 1 to 9. */

import { closeUnsent } from "../../../src/claim/buffers/closes.ts";
import { closeUnread } from "../../../src/claim/buffers/unread_input.ts";
import { loseAndLook } from "../../../src/claim/buffers/acknowledged.ts";
import { readSizes } from "../../../src/claim/buffers/default_sizes.ts";
import { writeOnce, writePortions } from "../../../src/claim/buffers/portions.ts";
import { tryReadsOver } from "../../../src/claim/buffers/reads.ts";
import { systemClock } from "../../../src/clock.ts";
import { setOption } from "../../../src/kernel/options.ts";
import type { StreamChannel } from "../../../src/transport/channel.ts";
import { tcp } from "../../../src/transport/tcp.ts";
import type { StreamTransport } from "../../../src/transport/transport.ts";
import { unixpacket } from "../../../src/transport/unixpacket.ts";
import { catalogWith, claimOf, decideFacts, measure, withLab } from "../lab.ts";
import { type Control, FILTERS, LIBC } from "./control.ts";

/** A transport whose ends are both wrapped; they meet in this process. */
function wrapEnds(
  transport: StreamTransport,
  wrap: (channel: StreamChannel) => StreamChannel,
): StreamTransport {
  return {
    ...transport,
    async listen(options) {
      const listener = await transport.listen(options);
      return {
        endpoint: listener.endpoint,
        accept: async () => wrap(await listener.accept()),
        close: () => listener.close(),
      };
    },
    connect: async (endpoint, options) => wrap(await transport.connect(endpoint, options)),
  };
}

/** Writes come back only once all bytes that were ever written over this transport have been read. */
function unbuffered(transport: StreamTransport): StreamTransport {
  let [written, read] = [0, 0];
  let arrived = Promise.withResolvers<void>();
  return wrapEnds(transport, (channel) => ({
    mode: "stream",
    closeWrite: () => channel.closeWrite(),
    close: () => channel.close(),
    async read(buffer) {
      const bytes = await channel.read(buffer);
      read += bytes ?? 0;
      arrived.resolve();
      arrived = Promise.withResolvers();
      return bytes;
    },
    async write(data) {
      const bytes = await channel.write(data);
      written += bytes;
      while (read < written) await arrived.promise;
      return bytes;
    },
  }));
}

/** Writes come back at once: what the kernel does not take is kept in memory. */
function hoarding(transport: StreamTransport): StreamTransport {
  return wrapEnds(transport, (channel) => {
    let kept = 0;
    return {
      mode: "stream",
      read: (buffer) => channel.read(buffer),
      closeWrite: () => channel.closeWrite(),
      close: () => channel.close(),
      write(data) {
        kept += data.length;
        // The workload gives up at 256 MiB, and its peer waits for the end of the stream.
        if (kept >= 256 * 2 ** 20) channel.close();
        return data.length;
      },
    };
  });
}

export const bufferControls: readonly Control[] = [
  {
    claim: 1,
    change: "sockets whose buffers are set to 8 KiB",
    verdict: "holds",
    needs: [LIBC],
    decide: async () =>
      await decideFacts(
        1,
        await withLab((lab) =>
          readSizes(lab, (fd) => {
            // The kernel doubles what it is asked for.
            setOption(fd, "SO_SNDBUF", 4_096);
            setOption(fd, "SO_RCVBUF", 4_096);
          })
        ),
      ),
  },
  {
    claim: 2,
    change: "writes that wait until the peer has read",
    verdict: "does not hold",
    decide: async () => {
      const claim = claimOf(2);
      const catalog = catalogWith({ tcp: unbuffered(tcp) });
      const figures = await measure(claim, {
        catalog,
        only: ({ transport, params }) =>
          transport === "tcp" && (params.bytes === 64 || params.pause !== undefined),
      });
      return claim.decide({ figures });
    },
  },
  {
    claim: 3,
    change: "writes that keep in memory what the kernel does not take",
    verdict: "does not hold",
    decide: async () => {
      const claim = claimOf(3);
      const figures = await measure(claim, {
        catalog: catalogWith({ tcp: hoarding(tcp) }),
        only: ({ transport, params }) => transport === "tcp" && params.pause === 40,
      });
      return claim.decide({ figures });
    },
  },
  {
    claim: 4,
    change: "data that the buffer holds",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () =>
      await decideFacts(4, await withLab((lab) => writePortions(lab, 1_024, 1_024))),
  },
  {
    claim: 5,
    change: "a time limit on the send, and a peer that never reads",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () => await decideFacts(5, await withLab((lab) => writeOnce(lab, 20e6))),
  },
  {
    claim: 6,
    change: "Unix datagrams, of which a read takes one",
    verdict: "does not hold",
    decide: async () =>
      await decideFacts(6, { rows: [await withLab(({ directory }) => readMessages(directory))] }),
  },
  {
    claim: 7,
    change: "SO_LINGER at 0 s",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () =>
      await decideFacts(
        7,
        await withLab((lab) => closeUnsent(lab, (fd) => setOption(fd, "SO_LINGER", 0))),
      ),
  },
  {
    claim: 8,
    change: "everything read before the close",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () => await decideFacts(8, await withLab((lab) => closeUnread(lab, 2_000))),
  },
  {
    claim: 9,
    change: "UDP, which keeps nothing of what it has sent",
    verdict: "does not hold",
    needs: [FILTERS],
    decide: async () =>
      await decideFacts(
        9,
        await withLab(async (lab) => ({ messageBytes: 8, moments: await loseAndLook("udp", lab) })),
      ),
  },
];

async function readMessages(directory: string) {
  const receiver = await unixpacket.bind({ directory });
  const sender = await unixpacket.bind({ directory, remote: receiver.endpoint });
  // The first read begins before the first message.
  let [writes, owed] = [0, 1];
  try {
    return await tryReadsOver(
      "unixpacket",
      {
        async write(data) {
          if (writes++ > 0) owed++;
          return await sender.send(data);
        },
      },
      { read: (buffer) => owed-- > 0 ? receiver.receive(buffer) : null },
      { clock: systemClock },
    );
  } finally {
    sender.close();
    receiver.close();
  }
}
