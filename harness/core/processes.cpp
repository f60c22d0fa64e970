// Processes: forking, and who keeps which end of a channel.
#include "harness/core/processes.h"

#include <utility>

#include "harness/core/pinning.h"

namespace bench {

Processes::Processes(Gate& gate, std::uint32_t count,
                     const std::function<void(std::uint32_t)>& body)
    : count_(count), body_(body) {
  gate.expect(count);
  for (std::uint32_t w = 0; w < count; ++w) start(w);
}

Processes::Processes(Gate& gate, std::uint32_t count,
                     const std::function<void(std::uint32_t, Channel&)>& body)
    : count_(count) {
  gate.expect(count);
  for (std::uint32_t w = 0; w < count; ++w) {
    auto [mine, its] = Channel::pair();
    channels_.push_back(std::move(mine));
    children_.push_back(fork(w, [&, &end = its] {
      channels_.clear();  // the other children's ends are not this one's
      body(w, end);
    }));
  }
}

void Processes::start(std::uint32_t worker) {
  Child child = fork(worker, [&] { body_(worker % count_); });
  if (worker == size()) {
    children_.push_back(std::move(child));
  } else {
    children_[worker] = std::move(child);
  }
}

Child Processes::fork(std::uint32_t worker,
                      const std::function<void()>& body) const {
  return Child::fork([&] {
    place_process(worker, count_);
    body();
  });
}

}  // namespace bench
