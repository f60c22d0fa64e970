// Placement: prefixes for cells, neighbours for the others.
#include "harness/sweep/placement.h"

#include <algorithm>
#include <functional>
#include <set>

namespace bench {
namespace {

/// From so many physical cores on, others get cores of their own.
constexpr int kEnoughCores = 4;

/// 1, 2, 4, ... and the last one.
std::vector<int> doubling(int last) {
  std::vector<int> all;
  for (int cores = 1; cores < last; cores *= 2) all.push_back(cores);
  all.push_back(last);
  return all;
}

std::set<int> values(const std::vector<Cpu>& cpus, int Cpu::*what) {
  std::set<int> all;
  for (const Cpu& cpu : cpus) all.insert(cpu.*what);
  return all;
}

std::vector<Cpu> those(const std::vector<Cpu>& cpus,
                       const std::function<bool(const Cpu&)>& fits) {
  std::vector<Cpu> found;
  std::copy_if(cpus.begin(), cpus.end(), std::back_inserter(found), fits);
  return found;
}

std::vector<int> ids_of(const std::vector<Cpu>& cpus) {
  std::vector<int> ids;
  for (const Cpu& cpu : cpus) ids.push_back(cpu.id);
  return ids;
}

/// What of `free` is near enough to `cell` and has as many cores.
std::vector<Cpu> neighbours(const std::vector<Cpu>& free,
                            const std::vector<Cpu>& cell) {
  const std::size_t enough = values(cell, &Cpu::core).size();
  const std::vector<std::vector<int Cpu::*>> neighbourhoods = {
      {&Cpu::node, &Cpu::cache, &Cpu::kind},
      {&Cpu::node, &Cpu::cache},
      {&Cpu::node}};
  for (const auto& common : neighbourhoods) {
    const std::vector<Cpu> found = those(free, [&](const Cpu& cpu) {
      return std::all_of(common.begin(), common.end(), [&](int Cpu::*what) {
        return values(cell, what).contains(cpu.*what);
      });
    });
    if (values(found, &Cpu::core).size() >= enough) return found;
  }
  return free;
}

}  // namespace

Placement place(const Cpus& cpus, int cores) {
  const std::vector<Cpu> cell(cpus.all.begin(), cpus.all.begin() + cores);
  const std::set<int> own = values(cell, &Cpu::core);
  const std::set<int> own_ids = values(cell, &Cpu::id);
  std::vector<Cpu> others = neighbours(
      those(cpus.all, [&](const Cpu& cpu) { return !own.contains(cpu.core); }),
      cell);
  Placement placement;
  placement.shares_cores = others.empty();
  if (others.empty()) {
    others = those(cpus.all,
                   [&](const Cpu& cpu) { return !own_ids.contains(cpu.id); });
  }
  placement.shares_cpus = others.empty();
  if (others.empty()) others = cell;
  placement.cell = ids_of(cell);
  placement.others = ids_of(others);
  std::set<int> all = values(others, &Cpu::core);
  all.insert(own.begin(), own.end());
  for (const Cpu& cpu : cpus.all) {
    if (own.contains(cpu.core)) placement.cores_of_cell.push_back(cpu.id);
    if (all.contains(cpu.core)) placement.cores_of_all.push_back(cpu.id);
  }
  placement.mixes_kinds = values(cell, &Cpu::kind).size() > 1;
  return placement;
}

std::vector<int> auto_cores(const Cpus& cpus, bool with_others) {
  const int physical = cpus.physical_cores();
  if (with_others && physical >= kEnoughCores) return doubling(physical / 2);
  std::vector<int> all = doubling(physical);
  const int most = cpus.effective_cores();
  if (most > physical) all.push_back(most);
  return all;
}

std::vector<int> end_cores(const Cpus& cpus, bool with_others) {
  std::vector<int> all = auto_cores(cpus, with_others);
  while (all.back() > cpus.physical_cores()) all.pop_back();
  if (all.size() > 2) all = {all.front(), all.back()};
  return all;
}

std::string describe_kept_cores(const Cpus& cpus) {
  const int physical = cpus.physical_cores();
  const int most = auto_cores(cpus, true).back();
  if (most >= physical) return "";
  return "at most " + std::to_string(most) + " of " + std::to_string(physical) +
         " cores, so that load generator and backend have cores of their own; "
         "--cores asks for more";
}

std::vector<std::string> names_of_kinds(std::size_t count) {
  std::vector<std::string> names(count, "middle");
  names.front() = "performance";
  names.back() = "efficiency";
  return names;
}

}  // namespace bench
