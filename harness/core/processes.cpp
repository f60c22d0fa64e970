// Processes: forking, and who keeps which end of a channel.
#include "harness/core/processes.h"

#include <utility>

#include "harness/core/pinning.h"
#include "harness/core/star.h"

namespace bench {

Processes::Processes(Gate& gate, std::uint32_t count,
                     const std::function<void(std::uint32_t)>& body)
    : Processes(
          gate, count, [body](std::uint32_t worker, Channel&) { body(worker); },
          std::nullopt) {}

Processes::Processes(Gate& gate, std::uint32_t count,
                     const std::function<void(std::uint32_t, Channel&)>& body,
                     Theirs theirs)
    : Processes(gate, count, body, std::optional(theirs)) {}

Processes::Processes(Gate& gate, std::uint32_t count,
                     std::function<void(std::uint32_t, Channel&)> body,
                     std::optional<Theirs> theirs)
    : count_(count), body_(std::move(body)), theirs_(theirs) {
  gate.expect(count);
  for (std::uint32_t w = 0; w < count; ++w) start(w, w);
}

void Processes::start(std::uint32_t place, std::uint32_t worker) {
  if (place == size()) {
    children_.emplace_back(-1);
    lines_.emplace_back();
  }
  if (theirs_ && lines_[place].ours.fd() < 0) {
    auto [ours, theirs] = Channel::pair();
    lines_[place] = {std::move(ours), std::move(theirs)};
  }
  const auto work = [&] {
    place_process(worker, count_);
    Channel end = std::move(lines_[place].theirs);
    lines_.clear();  // the other children's ends are not this one's
    body_(worker, end);
  };
  Star* const star = Star::of_this_process();
  children_[place] =
      star != nullptr ? star->fork(place, work) : Child::fork(work);
  if (theirs_ == Theirs::closed) lines_[place].theirs.close();
}

int Processes::reap(std::uint32_t place) {
  const int status = children_[place].wait();
  if (Star* const star = Star::of_this_process()) star->end(place);
  return status;
}

}  // namespace bench
