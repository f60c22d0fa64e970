// Routes: what the servers of scenario http answer.
//
//   GET  /plaintext, /json        the two shapes that TechEmpower made famous
//   GET  /cpu?us=100              a job of scenario cpu; or ?size=N&kernel=K
//   GET  /io?ms=5                 a job of scenario io, which asks the backend
//   GET  /mixed?ms=5&us=100       the same, which computes afterwards
//   GET  /work/SCENARIO/I         job I of a scenario as it is by default
//   GET  /bytes?n=1000000         so many bytes
//   POST /echo                    the body that came
//   GET  /health                  ok
//   GET  /leak?mib=64             keeps so much memory for ever, where that is
//                                 what a scenario is about
//
// Bodies of jobs carry the job's digest. Unknown or bad parameters are refused
// with a sentence; a route that takes none serves whatever query comes.
#pragma once

#include <cstdint>
#include <memory>

#include "harness/core/scenario.h"
#include "harness/core/service.h"

namespace bench {

/// What the routes must know.
struct RouteOptions {
  std::uint64_t seed = 1;
  /// Work of the sqrt kernel that takes a millisecond.
  std::uint64_t size_per_ms = 1;
  Surroundings surroundings;
  bool leaks = false;  ///< whether there is /leak
};

std::unique_ptr<Service> make_routes(const RouteOptions& options);

}  // namespace bench
