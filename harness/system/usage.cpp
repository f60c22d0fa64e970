// Usage and MemoryUse: reading /proc and getrusage.
#include "harness/system/usage.h"

#include <signal.h>

#include <cerrno>
#include <fstream>
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
  MemoryUse sum{0, 0};
  bool nobody = true;
  for (const pid_t process : processes) {
    const std::string folder = "/proc/" + std::to_string(process);
    const auto rss = kilobytes_field(folder + "/status", "VmHWM");
    const auto pss = kilobytes_field(folder + "/smaps_rollup", "Pss");
    // Asked afterwards: it may have ended between the two readings.
    if ((!rss || !pss) && is_gone(process, folder)) continue;
    nobody = false;
    add(sum.peak_rss_bytes, rss);
    add(sum.pss_bytes, pss);
  }
  return nobody ? MemoryUse{} : sum;
}

}  // namespace bench
