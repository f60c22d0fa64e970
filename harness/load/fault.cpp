// Fault: do it, watch the processes, count what it cost.
#include "harness/load/fault.h"

#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

#include "harness/core/percentiles.h"
#include "harness/core/random.h"
#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "harness/posix/loopback.h"
#include "harness/posix/proc.h"

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr double kBucket = 0.05;  ///< of answers; seconds
constexpr double kFull = 0.95;    ///< of the answers before
constexpr std::int64_t kInARow = 4;
constexpr double kSlow = 10;   ///< times the median before
constexpr double kDuring = 1;  ///< what the p99 after it is of; seconds

Json seconds(std::optional<std::int64_t> nanoseconds) {
  if (!nanoseconds) return nullptr;
  return static_cast<double>(*nanoseconds) * 1e-9;
}

/// The processes under `process`, or it itself, that have no children. Who is
/// stopped, or was, or is dead and not buried yet, is none. Children of its
/// first thread are all that count. [proc(5): stat, task/TID/children]
void add_leaves(pid_t process, std::set<pid_t>& stopped,
                std::set<pid_t>& leaves) {
  const std::string id = std::to_string(process);
  const std::string stat = first_line("/proc/" + id + "/stat");
  const std::size_t name_end = stat.rfind(')');
  if (name_end == stat.npos || name_end + 2 >= stat.size()) return;
  const char state = stat[name_end + 2];
  if (state == 'T') stopped.insert(process);
  if (state == 'Z' || stopped.contains(process)) return;
  std::istringstream children(
      contents("/proc/" + id + "/task/" + id + "/children"));
  pid_t child = 0;
  if (!(children >> child)) {
    leaves.insert(process);
    return;
  }
  do add_leaves(child, stopped, leaves);
  while (children >> child);
}

std::set<pid_t> leaves_under(pid_t root, std::set<pid_t>& stopped) {
  std::set<pid_t> leaves;
  add_leaves(root, stopped, leaves);
  return leaves;
}

/// Asks for `target` on a connection of its own, which the caller keeps.
Fd ask_in_vain(const LoadOrder& order, const std::string& target) {
  Fd fd = connecting_socket(loopback_address(order.address, order.port), 0);
  const std::string bytes = request_bytes(order, {.target = target});
  // A new socket's buffer takes a request whole.
  while (fd && send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) {
    if (errno != EAGAIN && errno != EINTR) fd.reset();
    sleep_for(1ms);  // it is not connected yet
  }
  return fd;
}

/// Right answers by the bucket in which they came: counted from the fault, so
/// that those before have negative numbers.
class Answers {
 public:
  Answers(const std::vector<Asked>& asked, std::int64_t at, std::int64_t span)
      : before_(at / to_ns(kBucket)),
        counts_(
            static_cast<std::size_t>(before_ + (span - at) / to_ns(kBucket))) {
    for (const Asked& one : asked) {
      const auto bucket = static_cast<std::int64_t>(
          std::floor(static_cast<double>(one.until - at) * 1e-9 / kBucket));
      if (one.ok && has(bucket)) ++count(bucket);
    }
  }

  /// The first bucket from the fault on that begins as many in a row as it
  /// takes; empty if there is none.
  std::optional<std::int64_t> back() {
    if (before_ == 0) return std::nullopt;
    std::vector<std::uint64_t> usual(counts_.begin(),
                                     counts_.begin() + before_);
    std::nth_element(usual.begin(), usual.begin() + before_ / 2, usual.end());
    const double enough =
        kFull *
        static_cast<double>(usual[static_cast<std::size_t>(before_ / 2)]);
    std::int64_t run = 0;
    for (std::int64_t i = 0; has(i); ++i) {
      run = static_cast<double>(count(i)) >= enough ? run + 1 : 0;
      if (run == kInARow) return i + 1 - kInARow;
    }
    return std::nullopt;
  }

  Json report() const {
    return {
        {"bucket_seconds", kBucket}, {"before", before_}, {"count", counts_}};
  }

 private:
  bool has(std::int64_t bucket) const {
    return bucket >= -before_ &&
           bucket + before_ < static_cast<std::int64_t>(counts_.size());
  }
  std::uint64_t& count(std::int64_t bucket) {
    return counts_[static_cast<std::size_t>(bucket + before_)];
  }

  std::int64_t before_;
  std::vector<std::uint64_t> counts_;
};

std::optional<std::int64_t> quantile(std::vector<std::int64_t> all,
                                     double fraction) {
  if (all.empty()) return std::nullopt;
  const auto place =
      static_cast<std::ptrdiff_t>(rank_of(fraction, all.size()) - 1);
  std::nth_element(all.begin(), all.begin() + place, all.end());
  return all[static_cast<std::size_t>(place)];
}

}  // namespace

Damage damage_server(const LoadOrder& order, std::int64_t opens,
                     std::int64_t closes) {
  constexpr auto kLook = 2ms;
  const LoadFault& fault = *order.fault;
  sleep_for(
      std::chrono::nanoseconds(opens + to_ns(fault.at_seconds) - now_ns()));
  std::set<pid_t> stopped;
  const std::set<pid_t> before = leaves_under(order.server_pid, stopped);
  if (before.empty() || order.server_pid <= 1) {
    throw std::runtime_error(
        "there is no server that anything could be done to");
  }
  const auto drawn =
      static_cast<std::ptrdiff_t>(split_mix(fault.seed, 0) % before.size());
  Damage damage{.at = now_ns() - opens, .whole = now_ns() - opens};
  Fd held;
  if (!fault.target.empty()) held = ask_in_vain(order, fault.target);
  if (!fault.program.empty()) {
    check(rename(fault.next_program.c_str(), fault.program.c_str()), "rename");
  }
  if (fault.signal != 0) {
    const pid_t whom =
        fault.to_root ? order.server_pid : *std::next(before.begin(), drawn);
    check(kill(whom, fault.signal), "kill");
  }
  std::set<pid_t> last = before;
  while (now_ns() < closes) {
    std::set<pid_t> found = leaves_under(order.server_pid, stopped);
    if (found != last) damage.whole = now_ns() - opens;
    last = std::move(found);
    sleep_for(kLook);
  }
  if (last.size() != before.size()) damage.whole.reset();
  return damage;
}

Json fault_figures(const LoadOrder& order, const Damage& damage,
                   const std::vector<Asked>& asked) {
  const std::int64_t limit = to_ns(order.timeout_seconds);
  const auto answered = [&](const Asked& one) {
    return one.ok && one.until - one.from <= limit;
  };
  const auto took = [&](const Asked& one) {
    return answered(one) ? one.until - one.from : limit;
  };
  std::vector<std::int64_t> before;
  std::vector<std::int64_t> during;
  for (const Asked& one : asked) {
    if (one.until < damage.at) {
      before.push_back(took(one));
    } else if (one.from < damage.at + to_ns(kDuring)) {
      during.push_back(took(one));
    }
  }
  const std::optional<std::int64_t> median = quantile(before, 0.5);
  const double slow = kSlow * static_cast<double>(median.value_or(limit));
  const auto delayed = [&](const Asked& one) {
    return answered(one) && static_cast<double>(took(one)) > slow;
  };
  std::uint64_t all = 0;
  std::uint64_t lost = 0;
  std::uint64_t late = 0;
  std::uint64_t late_before = 0;
  for (const Asked& one : asked) {
    if (one.until < damage.at) {
      late_before += delayed(one) ? 1 : 0;
      continue;
    }
    ++all;
    lost += answered(one) ? 0 : 1;
    late += delayed(one) ? 1 : 0;
  }
  Answers answers(asked, damage.at, to_ns(order.seconds));
  std::optional<std::int64_t> full;
  if (const auto back = answers.back(); back && damage.whole) {
    const std::int64_t from = damage.at + *back * to_ns(kBucket);
    for (const Asked& one : asked) {
      if (!one.ok || one.from < damage.at || one.until < from) continue;
      full = std::min(full.value_or(INT64_MAX), one.until);
    }
    if (full) full = std::max(*full, *damage.whole) - damage.at;
  }
  return {{"at_seconds", seconds(damage.at)},
          {"asked", all},
          {"lost", lost},
          {"delayed", late},
          {"delayed_before", late_before},
          {"median_before_seconds", seconds(median)},
          {"p99_before_seconds", seconds(quantile(before, 0.99))},
          {"p99_during_seconds", seconds(quantile(during, 0.99))},
          {"full_strength_seconds", seconds(full)},
          {"answers", answers.report()}};
}

}  // namespace bench
