// Processes: forking, and who keeps which end of a channel.
#include "harness/core/processes.h"

#include <utility>

#include "harness/core/pinning.h"

namespace bench {

Processes::Processes(Gate& gate, std::uint32_t count,
                     const std::function<void(std::uint32_t)>& body) {
  gate.expect(count);
  for (std::uint32_t w = 0; w < count; ++w) {
    children_.push_back(Child::fork([&] {
      place_process(w, count);
      body(w);
    }));
  }
}

Processes::Processes(Gate& gate, std::uint32_t count,
                     const std::function<void(std::uint32_t, Channel&)>& body) {
  gate.expect(count);
  for (std::uint32_t w = 0; w < count; ++w) {
    auto [mine, its] = Channel::pair();
    channels_.push_back(std::move(mine));
    children_.push_back(Child::fork([&, &end = its] {
      channels_.clear();  // the other children's ends are not this one's
      place_process(w, count);
      body(w, end);
    }));
  }
}

}  // namespace bench
