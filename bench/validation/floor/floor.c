/* The floor of a round trip: send and receive at each end by blocking system calls, and two readings of the clock an exchange. Both ends are
 * processes of this program; whoever starts it pins it (taskset), and both ends stay on that core.
 *
 *   floor TRANSPORT BYTES WARMUP_MS MEASURE_MS      transport: tcp, udp, unix, unixpacket
 *
 * Prints what the suite's scenario overhead calls perExchange: the median over batches of 20 exchanges of what one of them takes, in nanoseconds. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now_ns(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static int compare(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* An address of this run: a free port of 127.0.0.1, or an abstract name. */
static socklen_t address_of(int is_unix, int end, struct sockaddr_storage *to) {
  memset(to, 0, sizeof *to);
  if (!is_unix) {
    struct sockaddr_in *in = (struct sockaddr_in *)to;
    in->sin_family = AF_INET;
    in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sizeof *in;
  }
  struct sockaddr_un *un = (struct sockaddr_un *)to;
  un->sun_family = AF_UNIX;
  int bytes = snprintf(un->sun_path + 1, sizeof un->sun_path - 1, "floor-%d-%d", getpid(), end);
  return offsetof(struct sockaddr_un, sun_path) + 1 + bytes;
}

static int open_bound(int is_unix, int type, int end, struct sockaddr_storage *at, socklen_t *length) {
  int fd = socket(is_unix ? AF_UNIX : AF_INET, type, 0);
  if (fd < 0) die("socket");
  *length = address_of(is_unix, end, at);
  if (bind(fd, (struct sockaddr *)at, *length) < 0) die("bind");
  *length = sizeof *at;
  if (getsockname(fd, (struct sockaddr *)at, length) < 0) die("getsockname");
  return fd;
}

static void open_pair(const char *transport, int pair[2]) {
  int is_unix = strncmp(transport, "unix", 4) == 0;
  int is_stream = strcmp(transport, "tcp") == 0 || strcmp(transport, "unix") == 0;
  struct sockaddr_storage at[2];
  socklen_t length[2];
  if (is_stream) {
    int listener = open_bound(is_unix, SOCK_STREAM, 0, &at[0], &length[0]);
    if (listen(listener, 1) < 0) die("listen");
    pair[0] = socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
    if (connect(pair[0], (struct sockaddr *)&at[0], length[0]) < 0) die("connect");
    if ((pair[1] = accept(listener, NULL, NULL)) < 0) die("accept");
    close(listener);
    int on = 1;
    for (int end = 0; end < 2 && !is_unix; end++)
      if (setsockopt(pair[end], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0) die("TCP_NODELAY");
    return;
  }
  for (int end = 0; end < 2; end++) pair[end] = open_bound(is_unix, SOCK_DGRAM, end, &at[end], &length[end]);
  for (int end = 0; end < 2; end++)
    if (connect(pair[end], (struct sockaddr *)&at[1 - end], length[1 - end]) < 0) die("connect");
}

static void read_all(int fd, char *buffer, size_t bytes) {
  for (size_t done = 0; done < bytes;) {
    ssize_t got = recv(fd, buffer + done, bytes - done, 0);
    if (got <= 0) exit(got < 0);
    done += got;
  }
}

enum { BATCH = 20 };

/* Batches for so long; what each took goes to `batches`. */
static size_t exchange(int fd, char *buffer, size_t bytes, int64_t for_ns, uint32_t *batches, size_t room) {
  int64_t done = now_ns(), end = done + for_ns, taken = 0;
  size_t count = 0;
  while (done < end && count < room) {
    int64_t start = done;
    for (int i = 0; i < BATCH; i++) {
      int64_t sent = now_ns();
      if (send(fd, buffer, bytes, MSG_NOSIGNAL) != (ssize_t)bytes) die("send");
      read_all(fd, buffer, bytes);
      done = now_ns();
      taken += done - sent;
    }
    batches[count++] = done - start;
  }
  if (taken < 0) die("clock");
  return count;
}

int main(int argc, char **argv) {
  if (argc != 5) return fprintf(stderr, "usage: floor TRANSPORT BYTES WARMUP_MS MEASURE_MS\n"), 2;
  size_t bytes = atol(argv[2]), room = 1000000;
  char *buffer = calloc(1, bytes);
  uint32_t *batches = malloc(room * sizeof *batches);
  int pair[2];
  open_pair(argv[1], pair);
  pid_t child = fork();
  if (child < 0) die("fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(pair[0]);
    for (;;) {
      read_all(pair[1], buffer, bytes);
      if (send(pair[1], buffer, bytes, MSG_NOSIGNAL) != (ssize_t)bytes) return 1;
    }
  }
  close(pair[1]);
  exchange(pair[0], buffer, bytes, atol(argv[3]) * 1000000LL, batches, room);
  size_t count = exchange(pair[0], buffer, bytes, atol(argv[4]) * 1000000LL, batches, room);
  kill(child, SIGKILL);
  qsort(batches, count, sizeof *batches, compare);
  printf("%.1f\n", (double)batches[count / 2] / BATCH);
  return 0;
}
