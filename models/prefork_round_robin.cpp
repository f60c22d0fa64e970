// prefork/round-robin: the parent passes each connection to the next process.
//
// Who runs a job?   Any of W processes, in turn. [prefork_passing.h]
// Who waits?        The clients of a busy process, though others may be idle.
// What is shared?   Nothing but the parent, who accepts.
// What does it cost?  A message per connection.
// Read before: prefork_passing.h. Read next: prefork_least_loaded.cpp.
#include "models/prefork_passing.h"

namespace bench {
namespace {

// LESSON: each gets as many connections as the others, whatever they ask for.
std::size_t next(const Slots& slots) { return slots.turn % slots.size(); }

const RegisterModel registered{passing<next>(
    "round-robin", "the parent accepts and passes sockets in turn",
    "passed in turn")};

}  // namespace
}  // namespace bench
