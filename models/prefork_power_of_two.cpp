// prefork/power-of-two: the parent draws two processes and passes the
// connection to the one that has fewer.
//
// Who runs a job?   Of two random processes the one with fewer connections.
// Who waits?        Nobody for long: who is far ahead loses every comparison.
// What is shared?   The counts of two processes, which the parent reads.
// What does it cost?  A message per connection, and two looks, however many
//                     processes there are.
// Read before: prefork_least_loaded.cpp. Read next: fork_ipc.cpp.
#include <algorithm>

#include "harness/core/random.h"
#include "models/prefork_passing.h"

namespace bench {
namespace {

// LESSON: one draw spreads like dice; the better of two is nearly as level as a
// look at all, and many parents with old counts do not run to the same worker.
// [Mitzenmacher: The power of two choices in randomized load balancing, 2001]
std::size_t fewer_of_two(const Slots& slots) {
  const std::uint64_t draw = split_mix(0, slots.turn);
  const std::size_t others = std::max<std::size_t>(1, slots.size() - 1);
  const std::size_t one = draw % slots.size();
  const std::size_t two = (one + 1 + (draw >> 32) % others) % slots.size();
  return slots[two].open() < slots[one].open() ? two : one;
}

const RegisterModel registered{passing<fewer_of_two>(
    "power-of-two", "the parent draws two, the one with fewer gets the socket",
    "passed to the better of two")};

}  // namespace
}  // namespace bench
