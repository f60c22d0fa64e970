// Cpus: affinity, topology and quota.
#include "harness/system/cpus.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>

#include "harness/posix/check.h"
#include "harness/posix/proc.h"
#include "harness/system/cgroup.h"

namespace bench {
namespace {

/// The CPUs this thread may run on. The mask grows until the kernel's fits.
std::vector<int> affinity() {
  for (int room = 1024;; room *= 2) {
    cpu_set_t* mask = CPU_ALLOC(room);
    const std::size_t bytes = CPU_ALLOC_SIZE(room);
    const int result = sched_getaffinity(0, bytes, mask);
    std::vector<int> ids;
    for (int id = 0; result == 0 && id < room; ++id) {
      if (CPU_ISSET_S(id, bytes, mask)) ids.push_back(id);
    }
    CPU_FREE(mask);
    if (result == 0) return ids;
    if (errno != EINVAL) throw_errno("sched_getaffinity");
  }
}

}  // namespace

int Cpus::effective_cores() const {
  const double allowed = quota ? std::floor(*quota + 1e-9) : 1e9;
  return std::max(1, static_cast<int>(std::min<double>(
                         static_cast<double>(ids.size()), allowed)));
}

Cpus Cpus::read() {
  Cpus cpus;
  std::vector<int> siblings;
  std::set<std::string> cores_seen;
  int unseen = 0;
  for (const int id : affinity()) {
    const std::string core =
        first_line("/sys/devices/system/cpu/cpu" + std::to_string(id) +
                   "/topology/thread_siblings_list");
    if (core.empty()) ++unseen;
    const bool first = core.empty() || cores_seen.insert(core).second;
    (first ? cpus.ids : siblings).push_back(id);
  }
  if (!siblings.empty() || unseen == 0) cpus.smt = !siblings.empty();
  cpus.ids.insert(cpus.ids.end(), siblings.begin(), siblings.end());
  cpus.quota = cgroup_cpu_quota();
  return cpus;
}

void bind_to(const std::vector<int>& ids) {
  const int room = *std::max_element(ids.begin(), ids.end()) + 1;
  cpu_set_t* mask = CPU_ALLOC(room);
  const std::size_t bytes = CPU_ALLOC_SIZE(room);
  CPU_ZERO_S(bytes, mask);
  for (const int id : ids) CPU_SET_S(id, bytes, mask);
  const int result = sched_setaffinity(0, bytes, mask);
  CPU_FREE(mask);
  check(result, "sched_setaffinity");
}

}  // namespace bench
