// Pipes between two ends on this machine, without any socket in use: pipe(7), one for each direction, by blocking system calls.
//
// A pipe has no address: a client makes both and sends the serving end its halves over a Unix-domain socket (SCM_RIGHTS of unix(7)), which
// is closed before the first byte. Nor has it a timeout such as SO_RCVTIMEO: a read that may sleep asks poll(2) first, one system call more
// than a program makes that nobody has to interrupt.

import { type Libc, openKernel, requireLibc } from "../../kernel/libc.ts";
import { encodeAddress, FAMILY, SOL_SOCKET } from "../../kernel/socket_address.ts";
import { ERRNO } from "../../kernel/system_error.ts";
import type { ChannelOptions, Endpoint, MaybePromise, StreamChannel } from "../channel.ts";
import { probeStream } from "../probe.ts";
import { freshSocketPath, removeSocketFile } from "../socket_file.ts";
import type { StreamTransport } from "../transport.ts";
import { LibcListener } from "./libc_listener.ts";
import { LibcSocket, MSG, SOCKET_TYPE, SPINS } from "./libc_socket.ts";
import { POLL, stopWaiting, type Waitable, waiting, whenReady } from "./waiting.ts";

const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const MSG_CMSG_CLOEXEC = 0x40000000;
const SCM_RIGHTS = 1;
/** How long one call may keep the thread from its event loop, in milliseconds. */
const SLICE_MS = 4;

/** A pair of pipes: a stream of bytes in each direction. */
export const pipeLibc: StreamTransport = {
  name: "pipe",
  driver: "libc",
  mode: "stream",
  blocking: true,
  usesDirectory: true,
  title: "A pair of pipes, no socket, by blocking system calls",
  listen(options) {
    const path = freshSocketPath(options.directory);
    const joining = new Set<LibcSocket>();
    const listener = new LibcListener(
      LibcSocket.bound({ kind: "unix", path }, SOCKET_TYPE.stream, 0, {}),
      { kind: "unix", path },
      options,
      async (socket) => {
        joining.add(socket);
        try {
          return new PipeChannel(...await receivePipes(socket), options);
        } finally {
          joining.delete(socket);
          socket.close();
        }
      },
      () => {
        removeSocketFile(path);
        for (const socket of joining) socket.close();
      },
    );
    return Promise.resolve(listener);
  },
  connect,
  probe(options) {
    const kernel = openKernel();
    return kernel.available ? probeStream(pipeLibc, options) : Promise.resolve(kernel);
  },
};

async function connect(endpoint: Endpoint, options: ChannelOptions): Promise<PipeChannel> {
  if (endpoint.kind !== "unix") {
    throw new TypeError(`Cannot connect pipe to a ${endpoint.kind} endpoint`);
  }
  const libc = requireLibc();
  const { symbols } = libc;
  const socket = LibcSocket.open(FAMILY.unix, SOCKET_TYPE.stream, 0, {});
  const open: number[] = [];
  try {
    socket.sliceSends();
    await socket.connect(encodeAddress(endpoint));
    for (let pipes = 0; pipes < 2; pipes++) {
      const pair = new Int32Array(2);
      libc.check(symbols.pipe2(pair, O_NONBLOCK | O_CLOEXEC), "pipe2");
      open.push(...pair);
    }
    const [there, thereIn, back, backIn] = open as [number, number, number, number];
    libc.check(symbols.sendmsg(socket.fd, messageOf([there, backIn]), MSG.noSignal), "sendmsg");
    open.splice(0, 4, there, backIn);
    return new PipeChannel(back, thereIn, options);
  } finally {
    // Those that the other end has copies of; where something failed, all.
    for (const fd of open) symbols.close(fd);
    socket.close();
  }
}

/** The halves of two pipes that a client sent. Throws Error where it ended without. */
async function receivePipes(socket: LibcSocket): Promise<readonly [input: number, output: number]> {
  const message = messageOf();
  const { symbols } = socket.libc;
  const attempt = () => symbols.recvmsg(socket.fd, message, MSG.dontWait | MSG_CMSG_CLOEXEC);
  const received = attempt();
  const bytes = received >= 0 ? received : await socket.retry("recvmsg", POLL.in, attempt);
  if (bytes === 0 || message.getInt32(AT.control + 12, true) !== SCM_RIGHTS) {
    throw new Error("a connection to the listener of pipes sent none");
  }
  return [message.getInt32(AT.descriptors, true), message.getInt32(AT.descriptors + 4, true)];
}

/** Where the parts of a message are, in bytes: msghdr of recvmsg(2), its iovec, its cmsghdr (cmsg(3)) with two descriptors, and one byte of data. */
const AT = { vector: 56, control: 72, descriptors: 88, data: 96, end: 104 } as const;

/** A message of one byte that carries two descriptors, or has room for them. One buffer, as its parts point at each other. */
function messageOf([first, second]: readonly [number, number] = [-1, -1]): DataView<ArrayBuffer> {
  const message = new DataView(new ArrayBuffer(AT.end));
  const start = Deno.UnsafePointer.value(Deno.UnsafePointer.of(message));
  const setWord = (at: number, value: number | bigint) =>
    message.setBigUint64(at, BigInt(value), true);
  const controlBytes = AT.data - AT.control;
  setWord(16, start + BigInt(AT.vector));
  setWord(24, 1);
  setWord(32, start + BigInt(AT.control));
  setWord(40, controlBytes);
  setWord(AT.vector, start + BigInt(AT.data));
  setWord(AT.vector + 8, 1);
  if (first >= 0) {
    setWord(AT.control, controlBytes);
    message.setInt32(AT.control + 8, SOL_SOCKET, true);
    message.setInt32(AT.control + 12, SCM_RIGHTS, true);
  }
  message.setInt32(AT.descriptors, first, true);
  message.setInt32(AT.descriptors + 4, second, true);
  return message;
}

class PipeChannel implements StreamChannel {
  readonly mode = "stream";
  readonly #input: PipeEnd;
  readonly #output: PipeEnd;

  /** Both descriptors are owned from now on. */
  constructor(input: number, output: number, options: ChannelOptions) {
    this.#input = new PipeEnd(input, "read", options);
    this.#output = new PipeEnd(output, "write", options);
  }

  read(buffer: Uint8Array<ArrayBuffer>): MaybePromise<number | null> {
    const read = this.#input.call(buffer);
    if (typeof read === "number") return read === 0 ? null : read;
    return read.then((bytes) => bytes === 0 ? null : bytes);
  }

  tryRead(buffer: Uint8Array<ArrayBuffer>): number | null | undefined {
    const read = this.#input.tryOnce(buffer);
    return read === 0 ? null : read;
  }

  write(data: Uint8Array<ArrayBuffer>): MaybePromise<number> {
    return this.#output.call(data);
  }

  closeWrite(): void {
    this.#output.close();
  }

  close(): void {
    this.#input.close();
    this.#output.close();
  }
}

/** One end of a pipe, which is read or written. */
class PipeEnd implements Waitable {
  fd: number;
  readonly spins: boolean;
  readonly #name: "read" | "write";
  readonly #events: number;
  readonly #libc: Libc;
  /** struct pollfd: this end, and what is waited for. */
  readonly #pollfd: Int32Array<ArrayBuffer>;
  // As a bigint, made once per length: the table takes it so without leaving its fast path.
  #bytes = -1;
  #size = 0n;

  constructor(fd: number, name: "read" | "write", { wait }: ChannelOptions) {
    this.fd = fd;
    this.spins = wait === "spin";
    this.#name = name;
    this.#events = name === "read" ? POLL.in : POLL.out;
    this.#libc = requireLibc();
    this.#pollfd = new Int32Array([fd, this.#events]);
  }

  /** Reads or writes once there is something to be read, or room; 0 at the end of what is read. */
  call(data: Uint8Array<ArrayBuffer>): MaybePromise<number> {
    // What is read has seldom come when it is asked for, what is written has room.
    if (this.#name === "read") this.#sleepForSlice();
    for (let tries = this.spins ? SPINS : 2; tries > 0; tries--) {
      const done = this.tryOnce(data);
      if (done !== undefined) return done;
      if (this.#name === "write") this.#sleepForSlice();
    }
    return this.#callLater(data);
  }

  /** As {@linkcode PipeEnd.call}; undefined where it would have to wait. */
  tryOnce(data: Uint8Array<ArrayBuffer>): number | undefined {
    if (data.length !== this.#bytes) {
      this.#bytes = data.length;
      this.#size = BigInt(data.length);
    }
    // Twice: the runtime may overwrite errno between the call and its reading.
    for (let attempt = 1; attempt <= 2; attempt++) {
      const done = this.#libc.symbols[this.#name](this.fd, data, this.#size);
      if (done >= 0) return done;
      const { errno } = this.#libc;
      if (this.fd < 0) throw new Error(`Cannot ${this.#name}: the pipe is closed`);
      if (errno === ERRNO.EAGAIN || errno === ERRNO.EINTR) return undefined;
      if (attempt === 2) this.#libc.fail(this.#name, errno);
    }
    return undefined;
  }

  close(): void {
    if (this.fd < 0) return;
    const { fd } = this;
    this.fd = -1;
    stopWaiting(this);
    this.#libc.symbols.close(fd);
  }

  /** Not where it spins, nor where another end of this thread waits to be woken. */
  #sleepForSlice(): void {
    if (this.spins || waiting.count > 0 || this.fd < 0) return;
    this.#libc.symbols.poll(this.#pollfd, 1n, SLICE_MS);
  }

  async #callLater(data: Uint8Array<ArrayBuffer>): Promise<number> {
    for (;;) {
      await whenReady(this, this.#events, true);
      const done = this.tryOnce(data);
      if (done !== undefined) return done;
    }
  }
}
