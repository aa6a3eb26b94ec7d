/**
 * Main module: runs a command in which system calls fail, as under the seccomp profile of a container.
 *
 * Arguments: what they fail of (an error number), the calls by name with commas between, then the command with its arguments.
 *
 * @module
 */

/** Numbers on x86-64 and arm64 (asm/unistd.h). */
export const CALLS: Readonly<Record<string, readonly [number, number]>> = {
  getrusage: [98, 165],
  sched_getaffinity: [204, 123],
  getcpu: [309, 168],
  getsockopt: [55, 209],
  ptrace: [101, 117],
};

const PR_SET_NO_NEW_PRIVS = 38;
const PR_SET_SECCOMP = 22;
const SECCOMP_MODE_FILTER = 2n;
const RET_ALLOW = 0x7fff_0000;
const RET_ERRNO = 0x0005_0000;
/** Classic BPF: load the call's number, jump where it is equal, return. */
const [LOAD, JUMP_EQUAL, RETURN] = [0x20, 0x15, 0x06];

/** A struct sock_fprog: the count, then the address of the instructions. */
function program(numbers: readonly number[], errno: number): bigint[] {
  const instructions = [
    [LOAD, 0, 0, 0],
    ...numbers.map((number, i) => [JUMP_EQUAL, numbers.length - i, 0, number]),
    [RETURN, 0, 0, RET_ALLOW],
    [RETURN, 0, 0, RET_ERRNO | errno],
  ];
  const view = new DataView(new ArrayBuffer(8 * instructions.length));
  instructions.forEach(([code, yes, no, value], i) => {
    view.setUint16(8 * i, code!, true);
    view.setUint8(8 * i + 2, yes!);
    view.setUint8(8 * i + 3, no!);
    view.setUint32(8 * i + 4, value!, true);
  });
  kept.push(view);
  return [BigInt(instructions.length), addressOf(view)];
}

/** Must outlive the calls that have their addresses. */
const kept: BufferSource[] = [];

function addressOf(bytes: BufferSource): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes as Uint8Array<ArrayBuffer>));
}

if (import.meta.main) {
  const [errno, names, command, ...args] = Deno.args;
  const column = Deno.build.arch === "x86_64" ? 0 : 1;
  const filter = new BigUint64Array(
    program(names!.split(",").map((name) => CALLS[name]![column]), Number(errno)),
  );
  const { prctl } = Deno.dlopen("libc.so.6", {
    prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
  }).symbols;
  if (
    prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n) !== 0 ||
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, addressOf(filter), 0n, 0n) !== 0
  ) throw new Error("this kernel takes no filter of system calls");
  // Of this thread, which starts the command: it inherits the filter.
  const { code } = new Deno.Command(command!, {
    args,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).outputSync();
  Deno.exit(code);
}
