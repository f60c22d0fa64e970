// A plain client of the backend, and a backend to be its peer; for tests.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/backend/backend.h"
#include "harness/backend/exchange.h"
#include "harness/posix/check.h"
#include "harness/posix/fd.h"
#include "harness/posix/loopback.h"

namespace bench {

/// A test must not wait for a minute if an answer never comes.
inline constexpr timeval kPatience{60, 0};

/// In a forked child, not in a fresh process: this binary is no backend.
inline Backend start_backend(std::uint32_t most_requests) {
  return Backend::start({}, most_requests, 1, run_backend);
}

inline Fd connect_to(std::uint16_t port) {
  Fd fd(check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  const sockaddr_in address = loopback(port);
  check(connect(fd.get(), general(address), sizeof address), "connect");
  return fd;
}

inline void reset(Fd& fd) {
  reset_when_closed(fd.get());
  fd.reset();
}

inline Fd ask(std::uint16_t port, const Question& question) {
  Fd fd = connect_to(port);
  check(send(fd.get(), &question, sizeof question, MSG_NOSIGNAL), "send");
  return fd;
}

/// All bytes up to the end of the stream, in pieces of at most `piece` bytes.
inline std::vector<std::byte> read_all(const Fd& fd,
                                       std::size_t piece = 1 << 16) {
  std::vector<std::byte> all;
  std::vector<std::byte> buffer(piece);
  for (;;) {
    const ssize_t got = check(
        retry([&] { return recv(fd.get(), buffer.data(), piece, 0); }), "recv");
    if (got == 0) return all;
    all.insert(all.end(), buffer.begin(), buffer.begin() + got);
  }
}

inline std::vector<std::byte> answer(const Question& question) {
  std::vector<std::byte> bytes(question.bytes);
  fill_answer(question.key, bytes);
  return bytes;
}

/// True if the backend still serves.
inline bool answers(const Backend& backend) {
  const Question question{.key = 99, .wait_us = 0, .bytes = 16};
  return read_all(ask(backend.port(), question)) == answer(question);
}

}  // namespace bench
