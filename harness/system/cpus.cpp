// Cpus: the order of use, affinity.
#include "harness/system/cpus.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "harness/posix/check.h"

namespace bench {
namespace {

/// Kinds from 0 without gaps, in the same order.
void number_kinds(std::vector<Cpu>& cpus) {
  std::set<int> kinds;
  for (const Cpu& cpu : cpus) kinds.insert(cpu.kind);
  for (Cpu& cpu : cpus) {
    cpu.kind =
        static_cast<int>(std::distance(kinds.begin(), kinds.find(cpu.kind)));
  }
}

int at_most(std::size_t count, std::optional<double> quota) {
  const double allowed = quota ? std::floor(*quota + 1e-9) : 1e9;
  return std::max(
      1, static_cast<int>(std::min(static_cast<double>(count), allowed)));
}

}  // namespace

Cpus Cpus::of(std::vector<Cpu> found, std::optional<double> quota, bool known) {
  std::sort(found.begin(), found.end(),
            [](const Cpu& a, const Cpu& b) { return a.id < b.id; });
  number_kinds(found);
  std::map<int, int> siblings;  // of a core, so far
  std::map<int, int> place;     // of a CPU among its siblings
  std::map<std::pair<int, int>, int> in_node;
  std::map<std::tuple<int, int, int>, int> in_cache;
  for (const Cpu& cpu : found) {
    place[cpu.id] = siblings[cpu.core]++;
    if (place[cpu.id] > 0) continue;
    ++in_node[{cpu.kind, cpu.node}];
    ++in_cache[{cpu.kind, cpu.node, cpu.cache}];
  }
  const auto key = [&](const Cpu& cpu) {
    return std::tuple(place[cpu.id], cpu.kind, -in_node[{cpu.kind, cpu.node}],
                      cpu.node, -in_cache[{cpu.kind, cpu.node, cpu.cache}],
                      cpu.cache, cpu.id);
  };
  std::sort(found.begin(), found.end(),
            [&](const Cpu& a, const Cpu& b) { return key(a) < key(b); });
  Cpus cpus{.all = std::move(found), .quota = quota, .smt = {}};
  if (known) cpus.smt = siblings.size() < cpus.all.size();
  return cpus;
}

std::vector<int> Cpus::ids() const {
  std::vector<int> ids;
  for (const Cpu& cpu : all) ids.push_back(cpu.id);
  return ids;
}

int Cpus::effective_cores() const { return at_most(all.size(), quota); }

int Cpus::physical_cores() const {
  std::set<int> cores;
  for (const Cpu& cpu : all) cores.insert(cpu.core);
  return at_most(cores.size(), quota);
}

std::vector<int> Cpus::cores_by_kind() const {
  std::set<int> cores;
  std::vector<int> counts(1);
  for (const Cpu& cpu : all) {
    if (!cores.insert(cpu.core).second) continue;
    const auto kind = static_cast<std::size_t>(cpu.kind);
    counts.resize(std::max(counts.size(), kind + 1));
    ++counts[kind];
  }
  return counts;
}

std::vector<int> allowed_cpus() {
  // The mask grows until the kernel's fits.
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
