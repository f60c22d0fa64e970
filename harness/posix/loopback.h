// Loopback: sockets to servers on this machine.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "harness/posix/fd.h"

namespace bench {

/// `port` on 127.0.0.1, or on another address of the network.
sockaddr_in loopback(std::uint16_t port,
                     std::uint32_t address = INADDR_LOOPBACK);

/// An address as bind(2) and connect(2) take it.
inline const sockaddr* general(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// A server's address, of either family.
struct ServerAddress {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  const sockaddr* general() const {
    return reinterpret_cast<const sockaddr*>(&bytes);
  }
};

/// The address of `port` on `host`, which must be one of 127.0.0.0/8 or ::1;
/// throws std::invalid_argument. [RFC 1122, 3.2.1.3; RFC 4291, 2.5.3]
ServerAddress loopback_address(const std::string& host, std::uint16_t port);

/// A non-blocking socket that is connected or on its way to `server`; owns
/// nothing if that has failed, and then errno says why. Closing it resets the
/// connection. `source`: its own address is 127.0.0.(1 + source); one address
/// has 28,000 ports to connect from, and IPv6 has one address. [ip(7),
/// ip_local_port_range]
Fd connecting_socket(const ServerAddress& server, std::uint32_t source);

/// Lets the socket of a client be reset when it is closed, or its process
/// ends: its port is free at once. One that closed in the ordinary way would
/// hold it in TIME_WAIT for a minute, and a quick client would soon have used
/// up all ports. Whoever has the whole answer may. [RFC 9293, 3.6; socket(7),
/// SO_LINGER]
void reset_when_closed(int fd);

/// The errno of a server that cannot be reached; 0 if it can be.
int refusal_of(const ServerAddress& server);

}  // namespace bench
