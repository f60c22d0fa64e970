// Usage and MemoryUse: reading /proc and getrusage.
#include "harness/usage.h"

#include <fstream>
#include <string>

namespace bench {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_usec) * 1e-6;
}

/// The number behind `key` in a /proc file of "Key:  123 kB" lines; 0 if the
/// process is gone.
std::int64_t kilobytes_field(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    std::int64_t value = 0;
    if (word == key && file >> value) return value * 1024;
  }
  return 0;
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
  MemoryUse sum;
  std::int64_t pss_bytes = 0;
  for (const pid_t process : processes) {
    const std::string folder = "/proc/" + std::to_string(process);
    sum.peak_rss_bytes += kilobytes_field(folder + "/status", "VmHWM:");
    pss_bytes += kilobytes_field(folder + "/smaps_rollup", "Pss:");
  }
  sum.pss_bytes = pss_bytes;
  return sum;
}

}  // namespace bench
