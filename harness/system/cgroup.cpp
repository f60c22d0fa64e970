// Cgroup: from the own group up to the root.
#include "harness/system/cgroup.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "harness/posix/proc.h"
#include "harness/system/cpus.h"

namespace bench {
namespace {

namespace fs = std::filesystem;

/// The folders of this process's own group and of those above it; first the
/// own one. Version 2 has one hierarchy, version 1 one for the controller.
std::vector<std::string> groups() {
  std::ifstream file("/proc/self/cgroup");
  std::vector<std::string> all;
  for (std::string line; std::getline(file, line);) {
    std::string root;
    if (line.starts_with("0::")) {
      root = fs::exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified"
                                                  : "/sys/fs/cgroup";
    } else if (line.find(":cpu,") != std::string::npos ||
               line.find(":cpu:") != std::string::npos ||
               line.find(",cpu:") != std::string::npos) {
      root = "/sys/fs/cgroup/cpu";
    } else {
      continue;
    }
    fs::path path = line.substr(line.rfind(':') + 1);
    for (;; path = path.parent_path()) {
      all.push_back(root + path.string());
      if (!path.has_relative_path()) break;
    }
  }
  return all;
}

std::optional<double> quota_of(const std::string& group) {
  double quota = 0;
  double period = 0;
  std::istringstream v2(first_line(group + "/cpu.max"));
  if (v2 >> quota >> period && period > 0) return quota / period;
  std::istringstream v1(first_line(group + "/cpu.cfs_quota_us") + " " +
                        first_line(group + "/cpu.cfs_period_us"));
  if (v1 >> quota >> period && quota > 0 && period > 0) return quota / period;
  return std::nullopt;
}

}  // namespace

std::optional<double> cgroup_cpu_quota() {
  std::optional<double> least;
  for (const std::string& group : groups()) {
    const std::optional<double> quota = quota_of(group);
    if (quota) least = std::min(*quota, least.value_or(*quota));
  }
  return least;
}

std::optional<double> cgroup_throttled_seconds() {
  std::optional<double> without_quota;
  for (const std::string& group : groups()) {
    std::ifstream file(group + "/cpu.stat");
    if (file) without_quota = 0;
    std::string key;
    for (double value; file >> key >> value;) {
      if (key == "throttled_usec") return value * 1e-6;
      if (key == "throttled_time") return value * 1e-9;
    }
  }
  return without_quota;
}

}  // namespace bench
