// Peer: a socket that listens in a test, for a server which the test is itself.
#pragma once

#include <sys/socket.h>

#include <cstdint>

#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"
#include "harness/posix/fd.h"
#include "harness/posix/loopback.h"

namespace bench {

/// Listens on a port of 127.0.0.1 that the kernel picks.
struct Peer {
  Fd fd{check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")};
  std::uint16_t port = 0;

  Peer() {
    const sockaddr_in address = loopback(0);
    check(bind(fd.get(), general(address), sizeof address), "bind");
    check(listen(fd.get(), 100), "listen");
    port = port_of(fd.get());
  }
};

}  // namespace bench
