// Calls: who gets the next one.
#include "harness/drive/calls.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <tuple>
#include <utility>

namespace bench {

Calls::Calls(ServerLoop& loop, Server& server, std::size_t depth, Send send)
    : loop_(loop),
      server_(server),
      depth_(depth),
      send_(std::move(send)),
      workers_(server.workers()) {
  loop.delegate(
      [this](Call& call, Loop::Promise promise) { take(call, promise); });
}

void Calls::take(Call& call, Loop::Promise promise) {
  waiting_.push_back({promise, &call});
  send_waiting();
  // LESSON: a queue without an end hides that the workers are too slow: all
  // wait, and all too long. Who is told so at once can go elsewhere.
  if (waiting_.size() > server_.most_waiting()) {
    waiting_.pop_back();
    WorkerCounts::add(server_.counts().rejected, std::uint64_t{1});
    loop_.complete(promise, -EBUSY);
  }
  count();
}

void Calls::count() {
  std::size_t away = 0;
  for (const Worker& one : workers_) away += one.calls.size();
  WorkerCounts& counts = server_.counts();
  counts.queued.store(static_cast<std::uint32_t>(waiting_.size()),
                      std::memory_order_relaxed);
  counts.away.store(static_cast<std::uint32_t>(away),
                    std::memory_order_relaxed);
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
  count();
  loop_.complete(promise, static_cast<ssize_t>(-result.error));
}

void Calls::lost(std::uint32_t worker) {
  workers_[worker].gone = true;
  // LESSON: nobody knows how far it had got with them. So they are done at
  // least once, which only work without consequences allows. [RFC 9110, 9.2.2]
  std::vector<Waiting> left = std::exchange(workers_[worker].calls, {});
  const auto first_lost = std::stable_partition(
      left.begin(), left.end(), [](const Waiting& one) { return !one.again; });
  const std::vector<Waiting> failed(first_lost, left.end());
  left.erase(first_lost, left.end());
  for (Waiting& one : left) one.again = true;
  waiting_.insert(waiting_.begin(), left.begin(), left.end());
  for (const Waiting& one : failed) loop_.complete(one.promise, -EPIPE);
  send_waiting();
  count();
}

}  // namespace bench
