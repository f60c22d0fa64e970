// Pinning: numbers of workers, and their CPUs.
#include "harness/core/pinning.h"

#include <atomic>
#include <utility>

#include "harness/system/cpus.h"

namespace bench {
namespace {

/// Of this process; changed only while it has one thread.
struct {
  std::vector<int> cpus;    ///< empty: the scheduler decides
  std::uint32_t first = 0;  ///< number of its first worker
  std::uint32_t step = 1;   ///< from each of its workers to the next
} pinned;

std::atomic<std::uint32_t> uncounted{0};
thread_local bool placed = false;

}  // namespace

Parameter pin_parameter() {
  return word_of("pin",
                 "worker i on CPU i mod cores, instead of the scheduler's "
                 "choice",
                 {"no", "yes"}, "no");
}

bool is_pinned(const Parameters& of_model) {
  return of_model.has("pin") && of_model.word("pin") == "yes";
}

void pin_workers(std::vector<int> cpus) { pinned.cpus = std::move(cpus); }

void place_worker(std::uint32_t worker) {
  if (pinned.cpus.empty()) return;
  const std::size_t number = pinned.first + std::size_t{worker} * pinned.step;
  bind_to({pinned.cpus[number % pinned.cpus.size()]});
  placed = true;
}

void place_uncounted_worker() {
  if (!pinned.cpus.empty() && !placed) place_worker(uncounted.fetch_add(1));
}

void place_process(std::uint32_t worker, std::uint32_t count) {
  pinned.first = worker;
  pinned.step = count;
  place_worker(0);
}

}  // namespace bench
