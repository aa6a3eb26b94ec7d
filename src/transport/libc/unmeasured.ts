// Protocols that are looked for and not measured: `list` and `doctor` say of each whether this kernel opens its sockets, and which errno
// it gives otherwise.

import { openKernel } from "../../kernel/libc.ts";
import { SystemError } from "../../kernel/system_error.ts";
import type { Availability, StreamTransport } from "../transport.ts";
import { LibcSocket, SOCKET_TYPE } from "./libc_socket.ts";
import { refusedSocket } from "./local_endpoint.ts";

const AF_INET = 2;
const AF_TIPC = 30;
const AF_VSOCK = 40;
const IPPROTO_DCCP = 33;
const IPPROTO_SCTP = 132;
/** struct sockaddr_vm: family, reserved (16 bits each), any port, and the context id of loopback (VMADDR_CID_LOCAL). */
const VSOCK_LOOPBACK = new Uint8Array(
  new Uint32Array([AF_VSOCK, 0xffff_ffff, 1, 0]).buffer,
);

/** What `socket(2)` takes. */
type SocketKind = readonly [family: number, type: number, protocol: number];

const SCTP = [AF_INET, SOCKET_TYPE.stream, IPPROTO_SCTP] as const;
const DCCP = [AF_INET, SOCKET_TYPE.dccp, IPPROTO_DCCP] as const;
const TIPC = [AF_TIPC, SOCKET_TYPE.stream, 0] as const;
const VSOCK = [AF_VSOCK, SOCKET_TYPE.stream, 0] as const;

/** SCTP (RFC 9260), one-to-one style. */
export const sctpLibc: StreamTransport = unmeasured("sctp", "SCTP over IPv4 loopback", SCTP);
/** DCCP (RFC 4340), which Linux has left out since 6.16. */
export const dccpLibc: StreamTransport = unmeasured("dccp", "DCCP over IPv4 loopback", DCCP);
export const tipcLibc: StreamTransport = unmeasured("tipc", "TIPC within the node", TIPC);
/** AF_VSOCK, between a virtual machine and its host; here with itself. */
export const vsockLibc: StreamTransport = unmeasured(
  "vsock",
  "vsock with the machine itself",
  VSOCK,
  VSOCK_LOOPBACK,
);

function unmeasured(
  name: string,
  title: string,
  socket: SocketKind,
  address?: Uint8Array<ArrayBuffer>,
): StreamTransport {
  const refuse = () =>
    Promise.reject(new Error(`Cannot open ${name}: sockbench only looks for it`));
  return {
    name,
    driver: "libc",
    mode: "stream",
    blocking: true,
    title: `${title}; looked for, not measured`,
    listen: refuse,
    connect: refuse,
    probe: () => Promise.resolve(look(socket, address)),
  };
}

function look(kind: SocketKind, address: Uint8Array<ArrayBuffer> | undefined): Availability {
  const kernel = openKernel();
  if (!kernel.available) return kernel;
  return refusedSocket(...kind) ??
    (address === undefined ? undefined : refusedAddress(kind, address)) ??
    { available: false, reason: "this kernel opens such sockets; sockbench does not measure them" };
}

function refusedAddress(kind: SocketKind, address: Uint8Array<ArrayBuffer>) {
  const socket = LibcSocket.open(...kind, {});
  try {
    socket.bind(address);
    return undefined;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const words = error.message.replace(/^.*?: /, "");
    return { available: false, reason: `this kernel has no loopback for such sockets: ${words}` };
  } finally {
    socket.close();
  }
}
