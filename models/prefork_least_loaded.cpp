// prefork/least-loaded: the parent passes each connection to whoever has
// fewest.
//
// Who runs a job?   The process with the fewest connections.
// Who waits?        Nobody for a process that has more to do than another.
// What is shared?   A counter of connections per process.
// What does it cost?  A message per connection, and two additions.
// Read before: prefork_round_robin.cpp. Read next: fork_ipc.cpp.
#include <algorithm>

#include "models/prefork_passing.h"

namespace bench {
namespace {

class LeastLoaded : public Passing {
 private:
  // LESSON: the counters are late by what is under way, and a connection says
  // nothing of what it will ask for; still nobody gets far ahead.
  std::uint32_t choose(const Loads& loads) override {
    return static_cast<std::uint32_t>(
        std::min_element(loads.begin(), loads.end()) - loads.begin());
  }
};

const RegisterModel registered{passing(
    "least-loaded", "the parent passes each socket to whoever has the fewest",
    "passed to the least loaded", make_model<LeastLoaded>)};

}  // namespace
}  // namespace bench
