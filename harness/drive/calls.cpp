// Calls: who gets the next one.
#include "harness/drive/calls.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <tuple>
#include <utility>

namespace bench {

Calls::Calls(ServerLoop& loop, std::uint32_t workers, std::size_t depth,
             Send send)
    : loop_(loop), depth_(depth), send_(std::move(send)), workers_(workers) {
  loop.delegate([this](Call& call, Loop::Promise promise) {
    waiting_.push_back({promise, &call});
    send_waiting();
  });
}

void Calls::send_waiting() {
  while (!waiting_.empty()) {
    const auto load = [](const Worker& one) {
      return std::tuple(one.gone, one.calls.size());
    };
    const auto fewest = std::min_element(
        workers_.begin(), workers_.end(),
        [&](const Worker& a, const Worker& b) { return load(a) < load(b); });
    if (!fewest->gone && fewest->calls.size() >= depth_) return;
    const Waiting next = waiting_.front();
    waiting_.pop_front();
    if (fewest->gone) {  // and so are all the others
      loop_.complete(next.promise, -EPIPE);
      continue;
    }
    fewest->calls.push_back(next);
    // No exception may leave a callback of libuv's.
    try {
      send_(static_cast<std::uint32_t>(fewest - workers_.begin()), next.promise,
            next.call->work);
    } catch (const std::system_error& error) {
      fewest->calls.pop_back();
      loop_.complete(next.promise, -error.code().value());
    }
  }
}

void Calls::done(std::uint32_t worker, Loop::Promise promise,
                 const WorkResult& result) {
  std::vector<Waiting>& mine = workers_[worker].calls;
  const auto done =
      std::find_if(mine.begin(), mine.end(),
                   [&](const Waiting& one) { return one.promise == promise; });
  done->call->answer = result.answer;
  mine.erase(done);
  send_waiting();
  loop_.complete(promise, static_cast<ssize_t>(-result.error));
}

void Calls::lost(std::uint32_t worker) {
  workers_[worker].gone = true;
  for (const Waiting& one : std::exchange(workers_[worker].calls, {})) {
    loop_.complete(one.promise, -EPIPE);
  }
  send_waiting();
}

}  // namespace bench
