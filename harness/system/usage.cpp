// Usage and MemoryUse: reading /proc and getrusage.
#include "harness/system/usage.h"

#include <signal.h>

#include <cerrno>
#include <cmath>
#include <sstream>
#include <string>

#include "harness/posix/proc.h"

namespace bench {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_usec) * 1e-6;
}

/// True if the process has ended: nobody is there, or a zombie, which has no
/// memory any more. What can be seen in /proc depends on who looks.
bool is_gone(pid_t process, const std::string& folder) {
  if (kill(process, 0) != 0 && errno == ESRCH) return true;
  return field_in(contents(folder + "/status"), "State")
      .value_or("")
      .starts_with('Z');
}

/// The kernel's stack of one thread, a power of two: those of all threads that
/// there are, and of a few that ended, which it keeps for the next ones.
std::optional<std::int64_t> stack_bytes() {
  const auto all = kilobytes_field("/proc/meminfo", "KernelStack");
  std::istringstream load(first_line("/proc/loadavg"));
  double skipped = 0;
  std::int64_t running = 0;
  char slash = 0;
  std::int64_t threads = 0;
  load >> skipped >> skipped >> skipped >> running >> slash >> threads;
  if (!all || *all <= 0 || !load || threads <= 0) return std::nullopt;
  const double mean = static_cast<double>(*all) / static_cast<double>(threads);
  return std::int64_t{1} << std::lround(std::log2(mean));
}

std::optional<std::int64_t> threads_in(const std::string& status) {
  const auto threads = field_in(status, "Threads");
  if (!threads) return std::nullopt;
  return std::stoll(*threads);
}

void add(std::optional<std::int64_t>& sum, std::optional<std::int64_t> part) {
  sum = sum && part ? std::optional(*sum + *part) : std::nullopt;
}

}  // namespace

Usage& Usage::operator+=(const Usage& other) {
  user_seconds += other.user_seconds;
  system_seconds += other.system_seconds;
  voluntary_switches += other.voluntary_switches;
  involuntary_switches += other.involuntary_switches;
  minor_faults += other.minor_faults;
  major_faults += other.major_faults;
  return *this;
}

Usage& Usage::operator-=(const Usage& other) {
  user_seconds -= other.user_seconds;
  system_seconds -= other.system_seconds;
  voluntary_switches -= other.voluntary_switches;
  involuntary_switches -= other.involuntary_switches;
  minor_faults -= other.minor_faults;
  major_faults -= other.major_faults;
  return *this;
}

Usage Usage::from(const rusage& raw) {
  return {seconds(raw.ru_utime), seconds(raw.ru_stime), raw.ru_nvcsw,
          raw.ru_nivcsw,         raw.ru_minflt,         raw.ru_majflt};
}

Usage Usage::of_this_process_and_reaped_children() {
  rusage self;
  rusage children;
  getrusage(RUSAGE_SELF, &self);
  getrusage(RUSAGE_CHILDREN, &children);
  Usage sum = from(self);
  sum += from(children);
  return sum;
}

MemoryUse MemoryUse::of(std::span<const pid_t> processes) {
  MemoryUse sum{0, 0, 0, 0};
  bool nobody = true;
  for (const pid_t process : processes) {
    const std::string folder = "/proc/" + std::to_string(process);
    const std::string status = folder + "/status";
    const auto rss = kilobytes_field(status, "VmHWM");
    const auto pss = kilobytes_field(folder + "/smaps_rollup", "Pss");
    // Asked afterwards: it may have ended between the two readings.
    if ((!rss || !pss) && is_gone(process, folder)) continue;
    nobody = false;
    add(sum.peak_rss_bytes, rss);
    add(sum.pss_bytes, pss);
    add(sum.page_table_bytes, kilobytes_field(status, "VmPTE"));
    add(sum.kernel_stack_bytes, threads_in(contents(status)));
  }
  if (nobody) return {};
  if (const auto stack =
          sum.kernel_stack_bytes ? stack_bytes() : std::nullopt) {
    *sum.kernel_stack_bytes *= *stack;
  } else {
    sum.kernel_stack_bytes.reset();
  }
  return sum;
}

}  // namespace bench
