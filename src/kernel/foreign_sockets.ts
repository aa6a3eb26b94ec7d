// The sockets of another process as the kernel has them, read from outside: pidfd_open(2) and pidfd_getfd(2). Runtimes without FFI cannot ask themselves.

import { describeFd, type SocketDescription } from "./find_fd.ts";
import { requireLibc } from "./libc.ts";
import { readSettings } from "./socket_settings.ts";
import { readTcpInfo } from "./tcp_info.ts";

/** The same on x86-64 and arm64. */
const SYS_PIDFD_OPEN = 434, SYS_PIDFD_GETFD = 438;
const EBADF = 9;
/** So many numbers in a row that are not open end the search: the kernel gives the lowest free one. */
const MAX_FREE = 64;

/** A ForeignSocket is a socket of another process, by its number there; `backlog`: of a TCP listener, as listen(2) left it. */
export interface ForeignSocket extends SocketDescription {
  readonly settings: Readonly<Record<string, string>>;
  readonly backlog?: number;
}

/** The open sockets of a process. Throws SystemError where the kernel lets nobody look: another user's process, or Yama's ptrace scope. */
export function readForeignSockets(pid: number): readonly ForeignSocket[] {
  const libc = requireLibc();
  const { syscall, close } = libc.symbols;
  const pidfd = syscall(SYS_PIDFD_OPEN, pid, 0, 0);
  if (pidfd < 0) throw libc.error("pidfd_open", undefined, `Cannot look at process ${pid}`);
  const sockets: ForeignSocket[] = [];
  try {
    for (let fd = 0, free = 0; free < MAX_FREE; fd++) {
      const own = syscall(SYS_PIDFD_GETFD, pidfd, fd, 0);
      if (own < 0) {
        if (libc.errno !== EBADF) {
          throw libc.error("pidfd_getfd", undefined, `Cannot read the sockets of process ${pid}`);
        }
        free++;
        continue;
      }
      free = 0;
      try {
        const found = describeFd(own);
        if (found !== undefined) sockets.push({ ...found, fd, ...settingsOf(own, found) });
      } finally {
        // At once: a connection that is closed over there ends only when this copy is closed, too.
        close(own);
      }
    }
  } finally {
    close(pidfd);
  }
  return sockets;
}

function settingsOf(fd: number, { listening, local }: SocketDescription) {
  // Of a listener the kernel has the backlog where a connection has its selectively acknowledged segments.
  const isTcpListener = listening && local?.kind === "ip";
  return {
    settings: readSettings(fd),
    ...(isTcpListener && { backlog: readTcpInfo(fd).sacked }),
  };
}
