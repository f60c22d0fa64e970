// Serve: what happens inside the process of a model's server.
#pragma once

#include <string>
#include <vector>

#include "harness/http/limits.h"
#include "harness/repetition/repetition.h"

namespace bench {

/// What such a process must know; travels as JSON in its arguments.
struct ServeOrder {
  /// Which scenario's service, which model, on which CPUs, with how many
  /// workers; `order.surroundings` names the backend.
  Order order;
  HttpLimits limits;
  int listener = -1;  ///< descriptor of the listening socket
  /// Descriptor of an empty file for the account of the workers; -1: none.
  int account = -1;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HttpLimits, target, head, fields, body,
                                   head_time, body_time, idle_time, write_time)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ServeOrder, order, limits, listener, account)

/// What a server's worker did, from its start to its end; an account is an
/// array of them, in JSON.
struct WorkerAccount {
  pid_t thread = 0;
  std::uint32_t connections = 0;
  std::uint64_t requests = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(WorkerAccount, thread, connections, requests)

/// What main calls for the words {"__serve", order, descriptor to write the
/// port to when all workers are ready}. Serves until SIGTERM or SIGINT comes,
/// answers what has been asked and returns 0; a second signal ends the process
/// at once with 1. Throws std::exception if it cannot serve.
int run_serve(const std::vector<std::string>& words);

}  // namespace bench
