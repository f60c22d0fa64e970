// Gate: entering, leaving, and noticing that somebody never will.
#include "harness/core/gate.h"

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

constexpr std::int64_t kLookForTrouble = 100'000'000;  // nanoseconds

/// How a child of this process that nobody has reaped yet has ended; "" if
/// none has. Only looks: the model still reaps its own children.
std::string ended_child() {
  siginfo_t info{};
  if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return "";
  if (info.si_pid == 0) return "";
  const int status =
      info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
  return describe_wait_status(status);
}

}  // namespace

void Gate::wait_for(OneShot& signal) {
  while (!signal.wait_for(kLookForTrouble)) {
    if (abandoned_.load() != 0) throw std::runtime_error("a worker gave up");
    const std::string end = ended_child();
    // A child that has passed the gate may end; then the signal is there.
    if (!end.empty() && !signal.fired()) {
      throw std::runtime_error("a worker process " + end);
    }
  }
}

void Gate::abandon() { abandoned_.store(1); }

void Gate::expect(std::uint32_t parties) {
  if (opened()) return;
  const std::uint32_t all = others_.fetch_add(parties) + parties + 1;
  if (all > kMaxParties) {
    throw std::length_error("a gate passes at most " +
                            std::to_string(kMaxParties) + " workers, got " +
                            std::to_string(all));
  }
}

void Gate::enter() {
  seats_[taken_.fetch_add(1)] = {getpid(),
                                 Usage::of_this_process_and_reaped_children()};
  if (entered_.fetch_add(1) == others_.load()) {
    opened_at_ = now_ns();
    open_.fire();
  } else {
    wait_for(open_);
  }
}

void Gate::leave() {
  if (left_.fetch_add(1) + 1 == entered_.load()) {
    const std::int64_t start = now_ns();
    const Usage before = Usage::of_this_process_and_reaped_children();
    memory_ = MemoryUse::of(processes());
    if (short_lived_ > 0) {
      rusage children;
      getrusage(RUSAGE_CHILDREN,
                &children);  // ru_maxrss: of the largest, in kB
      if (memory_.peak_rss_bytes) {
        *memory_.peak_rss_bytes += 1024 * children.ru_maxrss * short_lived_;
      }
      shares_unknown_ = 1;
    }
    if (shares_unknown_ != 0) {
      memory_ = {.peak_rss_bytes = memory_.peak_rss_bytes};
    }
    observer_usage_ = Usage::of_this_process_and_reaped_children();
    observer_usage_ -= before;
    observer_ns_ = now_ns() - start;
    closed_.fire();
  } else {
    wait_for(closed_);
  }
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
