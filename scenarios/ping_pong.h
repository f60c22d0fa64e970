// Ping-pong: messages to somebody else, who sends each of them back.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/posix/shared_array.h"
#include "harness/system/cpus.h"
#include "scenarios/channels.h"
#include "scenarios/primitives.h"

namespace bench {

/// Bytes of a message.
inline std::size_t message_size() {
  return static_cast<std::size_t>(primitive_task().parameters.integer("bytes"));
}
/// Messages that are sent before the first answer has come.
inline std::size_t message_depth() {
  return static_cast<std::size_t>(primitive_task().parameters.integer("depth"));
}
/// How often a message goes there and back: an iteration is one way.
inline std::size_t turns_of(const benchmark::State& state) {
  return (all_iterations(state) + 1) / 2;
}

/// A sends and B answers, on the first and the last CPU of the cell. `Workers`
/// is Crew or Processes.
template <typename Workers>
void ping_pong(benchmark::State& state, Ways (*make)(std::size_t)) {
  const std::vector<int>& cpus = primitive_task().cpus;
  const std::size_t turns = turns_of(state);
  const std::size_t depth = message_depth();
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
  there->send(mine);
  back->receive(mine);  // all pages are there
  gate[0].enter();
  std::size_t sent = 0;
  std::size_t received = 0;
  while (state.KeepRunningBatch(2)) {
    for (; sent < turns && sent - received < depth; ++sent) there->send(mine);
    back->receive(mine);
    ++received;
  }
  other.join();
  count_usage_from(gate[0]);
}

/// One at a time through every channel; several, as far as a socket surely
/// holds them, where that is a question.
inline bool one_at_a_time(const Parameters& parameters) {
  return parameters.integer("depth") == 1;
}
inline bool few_at_a_time(const Parameters& parameters) {
  return one_at_a_time(parameters) ||
         parameters.integer("depth") * parameters.integer("bytes") <= 65536;
}

/// A primitive of scenario messages.
template <typename Workers>
void register_channel(const Medium& medium, const std::string& before = "") {
  RegisterPrimitive(price(
      "messages", medium.id, before + medium.summary,
      [make = medium.make](benchmark::State& state) {
        ping_pong<Workers>(state, make);
      },
      medium.spins ? std::vector{2} : std::vector{1, 2},
      medium.holds_many ? few_at_a_time : one_at_a_time));
}

}  // namespace bench
