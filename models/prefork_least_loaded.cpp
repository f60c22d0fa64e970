// prefork/least-loaded: the parent passes each connection to whoever has
// fewest.
//
// Who runs a job?   The process with the fewest connections.
// Who waits?        Nobody for a process that has more to do than another.
// What is shared?   The counts of each process, which the parent reads.
// What does it cost?  A message per connection, and a look at every process.
// Read before: prefork_round_robin.cpp. Read next: prefork_power_of_two.cpp.
#include <algorithm>

#include "models/prefork_passing.h"

namespace bench {
namespace {

// LESSON: a connection says nothing of what it will ask for; still nobody gets
// far ahead of the others.
std::size_t fewest(const Slots& slots) {
  const auto found = std::min_element(
      slots.begin(), slots.end(),
      [](const Slot& a, const Slot& b) { return a.open() < b.open(); });
  return static_cast<std::size_t>(found - slots.begin());
}

const RegisterModel registered{passing<fewest>(
    "least-loaded", "the parent passes each socket to whoever has the fewest",
    "passed to the least loaded")};

}  // namespace
}  // namespace bench
