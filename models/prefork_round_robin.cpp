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

class RoundRobin : public Passing {
 private:
  // LESSON: each gets as many connections as the others, whatever they ask for.
  std::uint32_t choose(const Loads& loads) override {
    return next_++ % static_cast<std::uint32_t>(loads.size());
  }

  std::uint32_t next_ = 0;
};

const RegisterModel registered{
    passing("round-robin", "the parent accepts and passes sockets in turn",
            "passed in turn", make_model<RoundRobin>)};

}  // namespace
}  // namespace bench
