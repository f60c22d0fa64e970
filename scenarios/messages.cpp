// messages: what it costs to send bytes to somebody else and to be answered.
//
// Two play ping-pong: A sends a message and waits for one of the same size, B
// the other way round. One iteration is one message, so half of there and
// back. They are two threads or two processes, on one core, or bound to two.
// The channels differ only in how to send one and how to wait for one, and
// stand in one table. All copy: whoever has received a message owns it.
#include <algorithm>
#include <atomic>
#include <span>
#include <string>
#include <vector>

#include "harness/core/crew.h"
#include "harness/core/processes.h"
#include "harness/posix/one_shot.h"
#include "harness/posix/shared_array.h"
#include "harness/system/cpus.h"
#include "scenarios/channels.h"
#include "scenarios/primitives.h"

namespace bench {
namespace {

std::size_t message_size() {
  return static_cast<std::size_t>(primitive_task().parameters.integer("bytes"));
}

/// `Workers` is Crew or Processes.
template <typename Workers>
void ping_pong(benchmark::State& state, Ways (*make)(std::size_t)) {
  const std::vector<int>& cpus = primitive_task().cpus;
  const std::size_t turns = (all_iterations(state) + 1) / 2;
  const auto [there, back] = make(message_size());
  Payload mine(message_size(), 'a');
  SharedArray<Gate> gate(1);
  Workers other(gate[0], 1, [&](std::uint32_t) {
    bind_to({cpus.back()});
    Payload message(message_size());
    const auto answer = [&] {
      there->receive(message);
      back->send(message);
    };
    answer();
    gate[0].enter();
    for (std::size_t i = 0; i < turns; ++i) answer();
  });
  bind_to({cpus.front()});
  const auto ask = [&] {
    there->send(mine);
    back->receive(mine);
  };
  ask();  // brings all pages in
  gate[0].enter();
  while (state.KeepRunningBatch(2)) ask();
  other.join();
  count_usage_from(gate[0]);
}

/// Twenty processes send to twenty others, each to each: what a message costs
/// where many of them lie there when somebody is woken. From the first one to
/// the last: with few of them it would be about the end of forty processes,
/// which is in the CPU time.
void crowd(benchmark::State& state) {
  constexpr std::size_t kSide = 20;
  constexpr std::size_t kPairs = kSide * kSide;
  const std::size_t each =
      std::max<std::size_t>(50, all_iterations(state) / kPairs);
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

template <typename Workers>
void register_all(std::span<const Medium> media, const std::string& whom) {
  for (const Medium& medium : media) {
    RegisterPrimitive(
        {.id = medium.id,
         .summary = "a message to another " + whom + ": " + medium.summary,
         .body =
             [make = medium.make](benchmark::State& state) {
               ping_pong<Workers>(state, make);
             },
         .one_worker = true,
         .scenario = "messages",
         .cores = medium.spins ? std::vector{2} : std::vector{1, 2}});
  }
}

const bool registered = [] {
  register_all<Crew>(media_of_threads(), "thread");
  register_all<Processes>(media_of_processes(), "process");
  RegisterPrimitive(
      {.id = "crowd",
       .summary = "a message from each of 20 processes to each of 20 others",
       .body = crowd,
       .one_worker = true,
       .scenario = "messages",
       .cores = {1, 2},
       .fits = [](const Parameters& p) { return p.integer("bytes") <= 1024; }});
  return true;
}();

const RegisterScenario scenario{prices(
    "messages", "a message to another thread or process, through each channel",
    {whole_number("bytes", "size of a message, in bytes", 1, 1 << 26,
                  "1,1024,32768,1048576")})};

}  // namespace
}  // namespace bench
