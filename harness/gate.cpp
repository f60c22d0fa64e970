// Gate: entering, leaving, and noticing that somebody never will.
#include "harness/gate.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>

#include "harness/posix/child.h"
#include "harness/posix/clock.h"

namespace bench {
namespace {

constexpr std::int64_t kLookForDeadChildren = 100'000'000;  // nanoseconds

/// Throws if a child of this process has ended in a way that `allowed` does
/// not excuse. Only looks: the model still reaps its own children.
void check_children(bool exit_is_fine) {
  siginfo_t info{};
  if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return;
  if (info.si_pid == 0) return;
  if (exit_is_fine && info.si_code == CLD_EXITED && info.si_status == 0) return;
  const int status =
      info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
  throw std::runtime_error("a worker process " + describe_wait_status(status));
}

void wait_for(OneShot& signal, bool exit_is_fine) {
  while (!signal.wait_for(kLookForDeadChildren)) check_children(exit_is_fine);
}

}  // namespace

void Gate::enter(std::uint32_t parties) {
  if (parties > kMaxParties) {
    throw std::length_error("a gate passes at most " +
                            std::to_string(kMaxParties) + " workers, got " +
                            std::to_string(parties));
  }
  seats_[taken_.fetch_add(1)] = {getpid(),
                                 Usage::of_this_process_and_reaped_children()};
  if (entered_.fetch_add(1) + 1 == parties) {
    opened_at_ = now_ns();
    open_.fire();
  } else {
    wait_for(open_, /*exit_is_fine=*/false);
  }
}

void Gate::leave() {
  if (left_.fetch_add(1) + 1 == entered_.load()) {
    observe_memory();
    closed_.fire();
  } else {
    wait_for(closed_, /*exit_is_fine=*/true);
  }
}

void Gate::observe_memory(const std::vector<pid_t>& others) {
  std::vector<pid_t> all = processes();
  all.insert(all.end(), others.begin(), others.end());
  const MemoryUse now = MemoryUse::of(all);
  memory_.peak_rss_bytes = std::max(memory_.peak_rss_bytes, now.peak_rss_bytes);
  memory_.pss_bytes = std::max(memory_.pss_bytes, now.pss_bytes);
}

std::vector<pid_t> Gate::processes() const {
  std::vector<pid_t> all;
  for (std::uint32_t i = 0; i < entered_.load(); ++i) {
    all.push_back(seats_[i].process);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

Usage Gate::usage_at_entry() const {
  // Threads of one process all saw the same process: its last reading counts.
  std::map<pid_t, Usage> last;
  for (std::uint32_t i = 0; i < entered_.load(); ++i) {
    Usage& kept = last[seats_[i].process];
    if (seats_[i].usage.cpu_seconds() >= kept.cpu_seconds()) {
      kept = seats_[i].usage;
    }
  }
  Usage sum;
  for (const auto& [process, usage] : last) sum += usage;
  return sum;
}

}  // namespace bench
