// Crew: the threads of a model, which end with their owner.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/core/gate.h"

namespace bench {

/// Runs `body(worker)` on `count` threads, for which the gate waits. If one of
/// them cannot be started or throws, the gate is abandoned, so that nobody
/// waits for it. The owner makes, joins and destroys it in one thread. Its twin
/// with processes is harness/core/processes.h.
class Crew {
 public:
  /// Throws std::system_error if a thread cannot be started.
  Crew(Gate& gate, std::uint32_t count,
       std::function<void(std::uint32_t)> body);

  /// Waits for all threads; throws what the first of them threw.
  void join();

 private:
  void work(std::uint32_t worker);

  Gate& gate_;
  const std::function<void(std::uint32_t)> body_;
  std::mutex mutex_;
  std::exception_ptr error_;  ///< guarded by mutex_
  std::vector<std::jthread> threads_;
};

}  // namespace bench
