// Standard streams: fill gaps, flush.
#include "harness/posix/standard_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <stdexcept>

#include "harness/posix/check.h"

namespace bench {
namespace {

/// A pipe, a socket or a terminal at whose other end there is nobody. Which
/// error a write met is not known any more when a flush fails.
bool reader_has_left(int fd) {
  pollfd end{fd, 0, 0};
  return poll(&end, 1, 0) == 1 && (end.revents & (POLLERR | POLLHUP)) != 0;
}

}  // namespace

void open_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    check(open("/dev/null", O_RDWR), "open /dev/null");  // the lowest free one
  }
}

void flush_stdout() {
  std::cout.flush();
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout) return;
  if (reader_has_left(STDOUT_FILENO)) return;
  throw std::runtime_error("stdout cannot be written");
}

}  // namespace bench
