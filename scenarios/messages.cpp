// messages: what it costs to send bytes to somebody else and to be answered.
//
// Two play ping-pong: A sends a message and waits for one of the same size, B
// the other way round. One iteration is one message, so half of there and
// back. They are two threads or two processes, on one core, or bound to two.
// The channels differ only in how to send one and how to wait for one, and
// stand in one table. All copy: whoever has received a message owns it. What
// the models themselves send messages through stands beside the bare ones.
// [scenarios/primitives_models.cpp]
#include <algorithm>
#include <atomic>
#include <vector>

#include "harness/core/crew.h"
#include "harness/core/processes.h"
#include "harness/posix/one_shot.h"
#include "harness/posix/shared_array.h"
#include "scenarios/ping_pong.h"

namespace bench {
namespace {

/// Twenty processes send to twenty others, each to each: what a message costs
/// where many of them lie there when somebody is woken. From the first one to
/// the last: with few of them it would be about the end of forty processes,
/// which is in the CPU time.
void crowd(benchmark::State& state) {
  constexpr std::size_t kSide = 20;
  constexpr std::size_t kPairs = kSide * kSide;
  const std::size_t each =
      std::max<std::size_t>(100, all_iterations(state) / kPairs);
  std::vector<Ways> sockets;
  for (std::size_t i = 0; i < kSide; ++i) {
    sockets.push_back(stream_sockets());
  }
  SharedArray<Gate> gate(1);
  SharedArray<OneShot> signals(2);
  OneShot& begin = signals[0];
  OneShot& end = signals[1];
  SharedArray<std::atomic<std::size_t>> waiting(1);
  waiting[0] = kSide;
  const auto wait_for = [](OneShot& signal) {
    while (!signal.wait_for(1'000'000'000)) {
    }
  };
  Processes all(gate[0], 2 * kSide, [&](std::uint32_t worker) {
    Payload message(message_size(), 'a');
    gate[0].enter();
    wait_for(begin);
    if (worker < kSide) {
      for (std::size_t i = 0; i < each * kSide; ++i) {
        sockets[worker].first->receive(message);
      }
      if (waiting[0].fetch_sub(1) == 1) end.fire();
      return;
    }
    for (std::size_t i = 0; i < each; ++i) {
      for (const Ways& ways : sockets) ways.first->send(message);
    }
  });
  gate[0].enter();
  while (state.KeepRunningBatch(
      static_cast<benchmark::IterationCount>(each * kPairs))) {
    begin.fire();
    wait_for(end);
  }
  all.join();
  count_usage_from(gate[0]);
}

const bool registered = [] {
  for (const Medium& medium : media_of_threads()) {
    register_channel<Crew>(medium, "a message to another thread: ");
  }
  for (const Medium& medium : media_of_processes()) {
    register_channel<Processes>(medium, "a message to another process: ");
  }
  RegisterPrimitive(
      price("messages", "crowd",
            "a message from each of 20 processes to each of 20 others", crowd,
            {1, 2}, [](const Parameters& p) {
              const auto bytes = p.integer("bytes");
              return one_at_a_time(p) && bytes >= 64 && bytes <= 1024;
            }));
  return true;
}();

const RegisterScenario scenario{prices(
    "messages", "a message to another thread or process, through each channel",
    {whole_number("bytes", "size of a message, in bytes", 1, 1 << 26,
                  "1,1024,32768,1048576"),
     whole_number("depth", "messages under way before the first answer", 1, 64,
                  "1,8")})};

}  // namespace
}  // namespace bench
