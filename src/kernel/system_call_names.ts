// Names of system calls by number: those that sockets, event loops and memory make. Each architecture of Linux has numbers of its own.

/** Of asm/unistd_64.h. */
const X86_64 = `
  read:0 write:1 close:3 readv:19 writev:20 ioctl:16 fcntl:72 openat:257 mmap:9 munmap:11 mprotect:10 madvise:28 brk:12
  poll:7 ppoll:271 select:23 socket:41 socketpair:53 bind:49 listen:50 accept:43 accept4:288 connect:42 shutdown:48
  getsockname:51 getpeername:52 setsockopt:54 getsockopt:55 sendto:44 recvfrom:45 sendmsg:46 recvmsg:47 sendmmsg:307
  recvmmsg:299 epoll_create1:291 epoll_ctl:233 epoll_wait:232 epoll_pwait:281 epoll_pwait2:441 eventfd2:290
  io_uring_enter:426 futex:202 membarrier:324 rseq:334 sched_yield:24 sched_setaffinity:203 sched_getaffinity:204
  getcpu:309 nanosleep:35 clock_nanosleep:230 clock_gettime:228 getrandom:318 rt_sigaction:13 rt_sigprocmask:14
  rt_sigreturn:15 restart_syscall:219 tgkill:234 getpid:39 getppid:110 gettid:186 getpriority:140 getrusage:98 prctl:157
  statx:332 unlink:87 unlinkat:263 pread64:17 pwrite64:18 clone:56 clone3:435 exit:60
`;

/** Of asm-generic/unistd.h. */
const AARCH64 = `
  read:63 write:64 close:57 readv:65 writev:66 ioctl:29 fcntl:25 openat:56 mmap:222 munmap:215 mprotect:226 madvise:233
  brk:214 ppoll:73 socket:198 socketpair:199 bind:200 listen:201 accept:202 accept4:242 connect:203 shutdown:210
  getsockname:204 getpeername:205 setsockopt:208 getsockopt:209 sendto:206 recvfrom:207 sendmsg:211 recvmsg:212
  sendmmsg:269 recvmmsg:243 epoll_create1:20 epoll_ctl:21 epoll_pwait:22 epoll_pwait2:441 eventfd2:19 io_uring_enter:426
  futex:98 membarrier:283 rseq:293 sched_yield:124 sched_setaffinity:122 sched_getaffinity:123 getcpu:168 nanosleep:101
  clock_nanosleep:115 clock_gettime:113 getrandom:278 rt_sigaction:134 rt_sigprocmask:135 rt_sigreturn:139
  restart_syscall:128 tgkill:131 getpid:172 getppid:173 gettid:178 getpriority:141 getrusage:165 prctl:167 statx:291
  unlinkat:35 pread64:67 pwrite64:68 clone:220 clone3:435 exit:93
`;

let names: ReadonlyMap<number, string> | undefined;

/** The name of a system call on this machine. As in `sendto`; `syscall 999` for one that is not listed. */
export function systemCallName(number: number): string {
  names ??= readNames(Deno.build.arch === "aarch64" ? AARCH64 : X86_64);
  return names.get(number) ?? `syscall ${number}`;
}

function readNames(text: string): ReadonlyMap<number, string> {
  return new Map(
    text.trim().split(/\s+/).map((entry) => {
      const [name, number] = entry.split(":");
      return [Number(number), name!];
    }),
  );
}
