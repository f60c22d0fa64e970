// LoadOrder: what a load generator is to ask for, how often and for how long.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace bench {

/// One kind of request, and the answer that is right for it.
struct LoadRequest {
  std::string target = "/";  ///< in origin form, path and query
  std::string method = "GET";
  double share = 1;  ///< of all requests, against the shares of the others
  int status = 200;  ///< what the answer must have
  std::optional<std::string> body;  ///< what it must be; empty: anything
  std::string head;     ///< further header lines, each with its CR LF
  std::string content;  ///< the request's own body
};

/// What goes wrong with the server in the window. [harness/load/fault.h]
struct LoadFault {
  double at_seconds = 0;   ///< since the window opened
  int signal = 0;          ///< 0: none
  bool to_root = false;    ///< to server_pid, not to one that serves
  std::string target;      ///< asked for once, in vain; "": nothing
  std::uint64_t seed = 1;  ///< draws who gets the signal
  /// Before it another file gets the second name, that of the server's program.
  std::string next_program;
  std::string program;
};

struct LoadOrder {
  enum class Arrival { constant, poisson };

  std::string address = "127.0.0.1";  ///< of the loopback network, or ::1
  std::uint16_t port = 0;
  std::vector<LoadRequest> requests = {{}};
  std::uint32_t connections = 64;      ///< at most so many requests in flight
  std::uint32_t idle_connections = 0;  ///< held open beside them, in silence
  bool keep_alive = true;              ///< false: a connection per request
  std::optional<double> rate;          ///< requests per second; empty: closed
  Arrival arrival = Arrival::constant;
  double warmup_seconds = 0.5;  ///< not counted
  double seconds = 5;           ///< the window that is
  double timeout_seconds = 2;   ///< of a request, from its send
  std::uint64_t seed = 1;
  std::vector<int> cpus;  ///< of the generator; none: all
  std::uint32_t threads = 1;
  pid_t server_pid = 0;         ///< whose consumption is measured; 0: nobody's
  double timeline_seconds = 0;  ///< a bucket of the time line; 0: no time line
  std::optional<LoadFault> fault = {};
};

// What is absent has its default.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(LoadRequest, target, method,
                                                share, status, body, head,
                                                content)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(LoadFault, at_seconds, signal,
                                                to_root, target, seed,
                                                next_program, program)
NLOHMANN_JSON_SERIALIZE_ENUM(LoadOrder::Arrival,
                             {{LoadOrder::Arrival::constant, "constant"},
                              {LoadOrder::Arrival::poisson, "poisson"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(
    LoadOrder, address, port, requests, connections, idle_connections,
    keep_alive, rate, arrival, warmup_seconds, seconds, timeout_seconds, seed,
    cpus, threads, server_pid, timeline_seconds, fault)

/// Where the server is, as in a URL: "127.0.0.1:80", "[::1]:80". [RFC 3986,
/// 3.2.2]
std::string authority_of(const LoadOrder& order);

/// The bytes of a request of this kind. [RFC 9112, 3]
std::string request_bytes(const LoadOrder& order, const LoadRequest& request);

}  // namespace bench
