// Segments that a socket does not get: a filter (SO_ATTACH_FILTER of socket(7)) in classic BPF, which drops where TCP would have taken.

import { requireLibc } from "./libc.ts";
import { SOL_SOCKET } from "./socket_address.ts";

const SO_ATTACH_FILTER = 26;
const SO_DETACH_FILTER = 27;

/** struct sock_filter: what to do, how far to jump if so and if not, and a constant. */
type Instruction = readonly [code: number, isSo: number, isNot: number, constant: number];

/** BPF_LD | BPF_W | BPF_ABS, and of a byte. */
const LOAD_WORD = 0x20;
const LOAD_BYTE = 0x30;
/** BPF_JMP | BPF_JGE | BPF_K, and of a bit. */
const JUMP_IF_AT_LEAST = 0x35;
const JUMP_IF_BIT = 0x45;
/** BPF_RET | BPF_K: the constant is how many bytes to keep. */
const RETURN = 0x06;
const KEEP: Instruction = [RETURN, 0, 0, 0xffffffff];
const DROP: Instruction = [RETURN, 0, 0, 0];
/** SKF_AD_OFF + SKF_AD_RANDOM: a random number of 32 bits. */
const RANDOM = 0xfffff000 + 56;
/** Where a TCP header has its flags (RFC 9293, section 3.1), and the first of them that opens a connection. */
const FLAGS_AT = 13;
const SYN = 0x02;

/** `all but SYN`: on a listener the third segment of each handshake; a number: that share of the segments, by chance. */
export type Loss = "everything" | "all but SYN" | number;

/** Makes a TCP socket, and what it accepts, lose what arrives from now on. Throws SystemError, or RangeError for no share. */
export function loseSegments(fd: number, loss: Loss): void {
  const libc = requireLibc();
  const code = encode(programOf(loss));
  // struct sock_fprog: a count of 16 bits, and after six bytes of padding the address of the instructions.
  const program = new BigUint64Array([
    BigInt(code.length / 8),
    Deno.UnsafePointer.value(Deno.UnsafePointer.of(code)),
  ]);
  const bytes = new Uint8Array(program.buffer);
  libc.check(
    libc.symbols.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, bytes, bytes.length),
    "setsockopt(SO_ATTACH_FILTER)",
  );
}

/** Lets a socket get everything again. Throws SystemError when it has no filter. */
export function loseNoSegments(fd: number): void {
  const libc = requireLibc();
  libc.check(
    libc.symbols.setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, new Uint8Array(4), 4),
    "setsockopt(SO_DETACH_FILTER)",
  );
}

function programOf(loss: Loss): readonly Instruction[] {
  if (loss === "everything") return [DROP];
  if (loss === "all but SYN") {
    return [[LOAD_BYTE, 0, 0, FLAGS_AT], [JUMP_IF_BIT, 0, 1, SYN], KEEP, DROP];
  }
  if (!(loss > 0 && loss < 1)) {
    throw new RangeError(`Cannot lose a share of ${loss}: it must be above 0 and below 1`);
  }
  const below = Math.floor(loss * 2 ** 32);
  return [[LOAD_WORD, 0, 0, RANDOM], [JUMP_IF_AT_LEAST, 0, 1, below], KEEP, DROP];
}

function encode(program: readonly Instruction[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(8 * program.length));
  program.forEach(([code, isSo, isNot, constant], i) => {
    view.setUint16(8 * i, code, true);
    view.setUint8(8 * i + 2, isSo);
    view.setUint8(8 * i + 3, isNot);
    view.setUint32(8 * i + 4, constant, true);
  });
  return new Uint8Array(view.buffer);
}
