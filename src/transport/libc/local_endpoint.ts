// What can be learned of a socket before it is used.

import { ADDRESS_BYTES, decodeAddress } from "../../kernel/socket_address.ts";
import { SystemError } from "../../kernel/system_error.ts";
import { shortageOf } from "../../kernel/shortage.ts";
import type { Endpoint } from "../channel.ts";
import { reasonOf } from "../probe.ts";
import type { Availability } from "../transport.ts";
import { LibcSocket } from "./libc_socket.ts";

/** Where a socket is bound, as the kernel says. Throws SystemError when it does not say. */
export function localEndpoint({ libc, fd }: LibcSocket): Endpoint {
  const address = new Uint8Array(ADDRESS_BYTES);
  const length = new Uint32Array([ADDRESS_BYTES]);
  libc.check(libc.symbols.getsockname(fd, address, length), "getsockname");
  const endpoint = decodeAddress(address, length[0]!);
  if (endpoint === undefined) throw new Error("getsockname gave an address of an unknown family");
  return endpoint;
}

/** Why the kernel refuses to open a kind of socket at all; undefined where it opens. */
export function refusedSocket(
  family: number,
  type: number,
  protocol: number,
): Extract<Availability, { available: false }> | undefined {
  try {
    LibcSocket.open(family, type, protocol, {}).close();
    return undefined;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const words = error.message.replace(/^.*?: /, "");
    const reason = shortageOf(error) === undefined
      ? `this kernel opens no such socket: ${words}`
      : reasonOf(error);
    return { available: false, reason };
  }
}
