// Topology: from hwloc's objects to CPUs.
#include "harness/system/topology.h"

#include <hwloc.h>

#include <stdexcept>

#include "harness/system/cgroup.h"

namespace bench {
namespace {

/// The number of what `type` the CPU `pu` belongs to; `none` if there is
/// nothing of that type.
int number_of(hwloc_topology_t topology, hwloc_obj_type_t type, hwloc_obj_t pu,
              int none) {
  const hwloc_obj_t found = hwloc_get_ancestor_obj_by_type(topology, type, pu);
  return found == nullptr ? none : static_cast<int>(found->logical_index);
}

/// 0 for the fastest kind, 1 for the next one. hwloc counts from the slowest,
/// and says -1 if it cannot tell which that is: then there are no kinds.
int kind_of(hwloc_topology_t topology, hwloc_obj_t pu) {
  const int kind = hwloc_cpukinds_get_by_cpuset(topology, pu->cpuset, 0);
  if (kind < 0) return 0;
  int efficiency = -1;
  hwloc_cpukinds_get_info(topology, static_cast<unsigned>(kind), nullptr,
                          &efficiency, nullptr, nullptr, 0);
  return efficiency < 0 ? 0
                        : hwloc_cpukinds_get_nr(topology, 0) - 1 - efficiency;
}

/// Owns a topology of this machine.
class ThisMachine {
 public:
  ThisMachine() {
    if (hwloc_topology_init(&topology_) != 0) fail();
    // Looking must not move this thread from CPU to CPU.
    hwloc_topology_set_flags(topology_,
                             HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING);
    if (hwloc_topology_load(topology_) == 0) return;
    hwloc_topology_destroy(topology_);
    fail();
  }
  ~ThisMachine() { hwloc_topology_destroy(topology_); }
  ThisMachine(const ThisMachine&) = delete;
  ThisMachine& operator=(const ThisMachine&) = delete;
  hwloc_topology_t get() const { return topology_; }

 private:
  [[noreturn]] static void fail() {
    throw std::runtime_error("hwloc cannot read the topology of the machine");
  }
  hwloc_topology_t topology_ = nullptr;
};

}  // namespace

Cpus cpus_of(hwloc_topology_t topology, const std::vector<int>& allowed) {
  std::vector<Cpu> found;
  bool known = true;
  for (const int id : allowed) {
    const int nobodys = -1 - id;
    const hwloc_obj_t pu =
        hwloc_get_pu_obj_by_os_index(topology, static_cast<unsigned>(id));
    Cpu cpu{.id = id, .core = nobodys};
    if (pu != nullptr) {
      cpu.core = number_of(topology, HWLOC_OBJ_CORE, pu, nobodys);
      cpu.cache = number_of(topology, HWLOC_OBJ_L3CACHE, pu, 0);
      cpu.node = hwloc_bitmap_first(pu->nodeset);
      cpu.kind = kind_of(topology, pu);
    }
    known = known && cpu.core != nobodys;
    found.push_back(cpu);
  }
  return Cpus::of(std::move(found), std::nullopt, known);
}

Cpus read_cpus() {
  const ThisMachine machine;
  Cpus cpus = cpus_of(machine.get(), allowed_cpus());
  cpus.quota = cgroup_cpu_quota();
  return cpus;
}

}  // namespace bench
