// Loopback: connecting without waiting.
#include "harness/posix/loopback.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "harness/posix/check.h"
#include "harness/posix/poll.h"

namespace bench {
sockaddr_in loopback(std::uint16_t port, std::uint32_t address) {
  sockaddr_in found{};
  found.sin_family = AF_INET;
  found.sin_port = htons(port);
  found.sin_addr.s_addr = htonl(address);
  return found;
}

ServerAddress loopback_address(const std::string& host, std::uint16_t port) {
  ServerAddress found;
  sockaddr_in four = loopback(port);
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &four.sin_addr) == 1 &&
      (ntohl(four.sin_addr.s_addr) >> 24) == IN_LOOPBACKNET) {
    found.size = sizeof four;
    std::memcpy(&found.bytes, &four, sizeof four);
  } else if (inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) == 1 &&
             IN6_IS_ADDR_LOOPBACK(&six.sin6_addr)) {
    found.size = sizeof six;
    std::memcpy(&found.bytes, &six, sizeof six);
  } else {
    throw std::invalid_argument("'" + host + "' is no loopback address");
  }
  return found;
}

void reset_when_closed(int fd) {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

Fd connecting_socket(const ServerAddress& server, std::uint32_t source) {
  Fd fd(socket(server.bytes.ss_family,
               SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return fd;
  const int on = 1;
  reset_when_closed(fd.get());
  setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (source > 0 && server.bytes.ss_family == AF_INET) {
    // connect(2) chooses the port, which need be free for this server only.
    setsockopt(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    const sockaddr_in own = loopback(0, INADDR_LOOPBACK + source);
    if (bind(fd.get(), general(own), sizeof own) != 0) return Fd();
  }
  const int result = connect(fd.get(), server.general(), server.size);
  if (result != 0 && errno != EINPROGRESS) return Fd();
  return fd;
}

int refusal_of(const ServerAddress& server) {
  const Fd fd = connecting_socket(server, 0);
  if (!fd) return errno;
  constexpr std::chrono::seconds kPatience{1};
  if (poll_for(fd.get(), POLLOUT, kPatience) == 0) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace bench
