// Pipe: the owner of both ends of a pipe that does not block.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include "harness/posix/check.h"
#include "harness/posix/fd.h"

namespace bench {

/// Closed on exec. Who waits at one end closes the other one, or he never sees
/// its end. Throws std::system_error.
struct Pipe {
  Fd out;
  Fd in;

  Pipe() {
    int ends[2];
    check(pipe2(ends, O_CLOEXEC | O_NONBLOCK), "pipe2");
    out = Fd(ends[0]);
    in = Fd(ends[1]);
  }
};

/// Lets `fd` pass through exec.
inline void keep_open_over_exec(int fd) { fcntl(fd, F_SETFD, 0); }

}  // namespace bench
