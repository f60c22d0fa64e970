// Serve: what happens inside the process of a model's server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/worker_counts.h"
#include "harness/http/limits.h"
#include "harness/repetition/repetition.h"

namespace bench {

/// What such a process must know; travels as JSON in its arguments.
struct ServeOrder {
  /// Which scenario's service, which model, on which CPUs, with how many
  /// workers; `order.surroundings` names the backend.
  Order order;
  HttpLimits limits;
  std::vector<int> listeners = {};      ///< descriptors: Hosting::listeners
  int counts = -1;                      ///< descriptor: Hosting::counts
  bool restarts = false;                ///< Hosting::restarts
  std::int64_t health_ns = 0;           ///< Hosting::health
  std::int64_t grace_ns = 0;            ///< Hosting::grace
  std::size_t most_waiting = SIZE_MAX;  ///< Hosting::most_waiting
  int board = -1;                ///< descriptor: of a Bulletin; -1: no admin
  std::int64_t most_memory = 0;  ///< resident bytes of a worker; 0: any
  /// How whoever made the memory of `counts` has laid it out.
  std::size_t seat_bytes = sizeof(WorkerCounts);
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HttpLimits, target, head, fields, body,
                                   head_time, body_time, idle_time, write_time)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ServeOrder, order, limits, listeners, counts,
                                   restarts, health_ns, grace_ns, most_waiting,
                                   board, most_memory, seat_bytes)

/// What main calls for the words {"__serve", order, descriptor to write the
/// port to when all workers are ready}. Serves until SIGTERM or SIGINT comes,
/// answers what has been asked and returns 0; a second signal ends the process
/// at once with 1. SIGUSR2 is a stop, too: others go on listening. Throws
/// std::exception if it cannot serve.
int run_serve(const std::vector<std::string>& words);

}  // namespace bench
