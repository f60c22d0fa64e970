// prefork/least-loaded: the parent passes each connection to whoever has
// fewest.
//
// Who runs a job?   The process with the fewest connections.
// Who waits?        Nobody for a process that has more to do than another.
// What is shared?   The counts of each process, which the parent reads.
// What does it cost?  A message per connection, and a look at every process.
// Read before: prefork_round_robin.cpp. Read next: prefork_power_of_two.cpp.
#include "models/prefork_passing.h"

namespace bench {
namespace {

// LESSON: a connection says nothing of what it will ask for; still nobody gets
// far ahead of the others. Of equals the next in turn gets it: the first of
// them would have most of a light load.
std::size_t fewest(const Slots& slots) {
  const std::size_t next = slots.turn % slots.size();
  std::size_t best = next;
  for (std::size_t i = 1; i < slots.size(); ++i) {
    const std::size_t w = (next + i) % slots.size();
    if (slots[w].open() < slots[best].open()) best = w;
  }
  return best;
}

const RegisterModel registered{passing<fewest>(
    "least-loaded", "the parent passes each socket to whoever has the fewest",
    "passed to the least loaded")};

}  // namespace
}  // namespace bench
