// Placement: machines that are not here, as hwloc would find them.
#include "harness/sweep/placement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwloc.h>

#include <numeric>
#include <stdexcept>

#include "harness/system/topology.h"

namespace bench {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

/// A topology that hwloc makes of a description, and again of its XML.
class Machine {
 public:
  explicit Machine(const std::string& synthetic) {
    hwloc_topology_init(&topology_);
    if (hwloc_topology_set_synthetic(topology_, synthetic.c_str()) != 0 ||
        hwloc_topology_load(topology_) != 0) {
      throw std::invalid_argument(synthetic);
    }
  }
  ~Machine() { hwloc_topology_destroy(topology_); }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// Says what Linux says of the cores of a hybrid: a type and a frequency,
  /// and not which kind is the better one.
  void set_kind(unsigned from, unsigned to, std::string type,
                std::string megahertz) {
    const hwloc_bitmap_t cpus = hwloc_bitmap_alloc();
    hwloc_bitmap_set_range(cpus, from, static_cast<int>(to));
    std::string names[] = {"CoreType", "FrequencyMaxMHz"};
    hwloc_info_s infos[] = {{names[0].data(), type.data()},
                            {names[1].data(), megahertz.data()}};
    hwloc_cpukinds_register(topology_, cpus, -1, 2, infos, 0);
    hwloc_bitmap_free(cpus);
  }

  /// What would be read there by a process that may use all, or `allowed`.
  Cpus cpus(std::vector<int> allowed = {}) const {
    if (allowed.empty()) {
      allowed.resize(static_cast<std::size_t>(
          hwloc_get_nbobjs_by_type(topology_, HWLOC_OBJ_PU)));
      std::iota(allowed.begin(), allowed.end(), 0);
    }
    char* xml = nullptr;
    int length = 0;
    hwloc_topology_export_xmlbuffer(topology_, &xml, &length, 0);
    hwloc_topology_t read = nullptr;
    hwloc_topology_init(&read);
    hwloc_topology_set_xmlbuffer(read, xml, length);
    hwloc_topology_load(read);
    Cpus found = cpus_of(read, allowed);
    hwloc_topology_destroy(read);
    hwloc_free_xmlbuffer(topology_, xml);
    return found;
  }

 private:
  hwloc_topology_t topology_ = nullptr;
};

std::vector<int> from_to(int first, int last, int step = 1) {
  std::vector<int> all;
  for (int i = first; i <= last; i += step) all.push_back(i);
  return all;
}

std::vector<int> operator+(std::vector<int> a, const std::vector<int>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Four cores of two threads; the siblings of CPU i is i + 4.
Cpus laptop(std::vector<int> allowed = {}) {
  return Machine("l3:1 core:4 pu:2(indexes=0,4,1,5,2,6,3,7)").cpus(allowed);
}

TEST(Placement, OfALaptopOfFourCoresAndEightThreads) {
  const Cpus cpus = laptop();
  EXPECT_THAT(cpus.ids(), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_EQ(cpus.smt, true);
  EXPECT_EQ(cpus.physical_cores(), 4);
  EXPECT_EQ(cpus.effective_cores(), 8);
  EXPECT_THAT(auto_cores(cpus, false), ElementsAre(1, 2, 4, 8));
  EXPECT_THAT(auto_cores(cpus, true), ElementsAre(1, 2));
  EXPECT_THAT(end_cores(cpus, false), ElementsAre(1, 4));
  EXPECT_EQ(describe_kept_cores(cpus),
            "at most 2 of 4 cores, so that load generator and backend have "
            "cores of their own; --cores asks for more");

  // Whole cores: what is left of cores 0 and 1 is left to nobody.
  const Placement two = place(cpus, 2);
  EXPECT_THAT(two.cell, ElementsAre(0, 1));
  EXPECT_THAT(two.others, ElementsAre(2, 3, 6, 7));
  EXPECT_THAT(two.cores_of_cell, ElementsAre(0, 1, 4, 5));
  EXPECT_THAT(two.cores_of_all, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_FALSE(two.shares_cores);

  EXPECT_THAT(place(cpus, 3).others, ElementsAre(3, 7));
  const Placement four = place(cpus, 4);
  EXPECT_THAT(four.others, ElementsAre(4, 5, 6, 7));
  EXPECT_TRUE(four.shares_cores);
  EXPECT_FALSE(four.shares_cpus);
  const Placement eight = place(cpus, 8);
  EXPECT_THAT(eight.others, ElementsAreArray(cpus.ids()));
  EXPECT_TRUE(eight.shares_cores && eight.shares_cpus);
}

TEST(Placement, OfNeighbouringThreadNumbers) {
  EXPECT_THAT(Machine("core:3 pu:2").cpus().ids(),
              ElementsAre(0, 2, 4, 1, 3, 5));
}

TEST(Placement, OfAHybridTakesTheFasterKindFirst) {
  // Eight cores of two threads and, after them, eight slower ones of one.
  Machine machine("l3:1 core:16 pu:2");
  machine.set_kind(16, 31, "IntelAtom", "3900");
  machine.set_kind(0, 15, "IntelCore", "5100");
  const std::vector<int> performance = from_to(0, 14, 2);
  const std::vector<int> siblings = from_to(1, 15, 2);
  const std::vector<int> efficiency = from_to(16, 30, 2);
  const Cpus cpus = machine.cpus(performance + siblings + efficiency);
  EXPECT_THAT(cpus.ids(),
              ElementsAreArray(performance + efficiency + siblings));
  EXPECT_THAT(cpus.cores_by_kind(), ElementsAre(8, 8));
  EXPECT_THAT(names_of_kinds(2), ElementsAre("performance", "efficiency"));
  EXPECT_THAT(auto_cores(cpus, false), ElementsAre(1, 2, 4, 8, 16, 24));
  EXPECT_THAT(auto_cores(cpus, true), ElementsAre(1, 2, 4, 8));

  // While there are enough of its kind, the others are as fast as the cell.
  EXPECT_THAT(place(cpus, 4).others, ElementsAre(8, 10, 12, 14, 9, 11, 13, 15));
  EXPECT_THAT(place(cpus, 8).others, ElementsAreArray(efficiency));
  EXPECT_FALSE(place(cpus, 8).mixes_kinds);
  EXPECT_TRUE(place(cpus, 9).mixes_kinds);
  EXPECT_TRUE(place(cpus, 24).mixes_kinds);

  // A process that may use one kind only has no hybrid.
  const Cpus slow = machine.cpus(efficiency);
  EXPECT_THAT(slow.cores_by_kind(), ElementsAre(8));
  EXPECT_FALSE(place(slow, 8).mixes_kinds);
}

TEST(Placement, OfKindsThatNobodyCanRankIsThatOfEquals) {
  Machine machine("core:4 pu:1");
  machine.set_kind(0, 1, "one", "0");
  machine.set_kind(2, 3, "another", "0");
  EXPECT_THAT(machine.cpus().cores_by_kind(), ElementsAre(4));
}

TEST(Placement, OfTwoSocketsStaysInOneNode) {
  // Siblings are 64 apart, as Linux numbers them; 8 cores share a cache.
  std::string indexes;
  for (int core = 0; core < 64; ++core) {
    indexes += (core == 0 ? "" : ",") + std::to_string(core) + "," +
               std::to_string(core + 64);
  }
  const Cpus cpus =
      Machine("pack:2 [numa] l3:4 core:8 pu:2(indexes=" + indexes + ")").cpus();
  EXPECT_THAT(cpus.ids(), ElementsAreArray(from_to(0, 127)));
  EXPECT_THAT(auto_cores(cpus, false),
              ElementsAre(1, 2, 4, 8, 16, 32, 64, 128));
  EXPECT_THAT(auto_cores(cpus, true), ElementsAre(1, 2, 4, 8, 16, 32));
  EXPECT_THAT(end_cores(cpus, true), ElementsAre(1, 32));
  // Beside it under the same cache; then in the same node; then elsewhere.
  EXPECT_THAT(place(cpus, 4).others,
              ElementsAreArray(from_to(4, 7) + from_to(68, 71)));
  EXPECT_THAT(place(cpus, 8).others,
              ElementsAreArray(from_to(8, 31) + from_to(72, 95)));
  EXPECT_THAT(place(cpus, 32).others,
              ElementsAreArray(from_to(32, 63) + from_to(96, 127)));
  // Nobody looks at what happens in the other node.
  EXPECT_THAT(place(cpus, 4).cores_of_all,
              ElementsAreArray(from_to(0, 7) + from_to(64, 71)));
}

TEST(Placement, OfACpusetWithHolesStartsWhereMostCoresAre) {
  // Two nodes of four cores of two threads, of which some may be used: both
  // threads of core 1, one of each other, the second ones of cores 4 and 6.
  const Machine machine(
      "pack:2 [numa] l3:1 core:4 "
      "pu:2(indexes=0,8,1,9,2,10,3,11,4,12,5,13,6,14,7,15)");
  const Cpus cpus = machine.cpus({1, 9, 3, 12, 5, 14});
  EXPECT_THAT(cpus.ids(), ElementsAre(5, 12, 14, 1, 3, 9));
  EXPECT_EQ(cpus.physical_cores(), 5);
  EXPECT_EQ(cpus.smt, true);
  EXPECT_THAT(auto_cores(cpus, false), ElementsAre(1, 2, 4, 5, 6));
  EXPECT_THAT(auto_cores(cpus, true), ElementsAre(1, 2));
  EXPECT_THAT(place(cpus, 1).others, ElementsAre(12, 14));
  EXPECT_THAT(place(cpus, 2).others, ElementsAre(14, 1, 3, 9));
  EXPECT_THAT(place(cpus, 4).others, ElementsAre(3));
  EXPECT_TRUE(place(cpus, 5).shares_cores);
  EXPECT_THAT(place(cpus, 5).others, ElementsAre(9));
}

TEST(Placement, OfAQuotaCountsWholeCpus) {
  Cpus cpus = laptop();
  cpus.quota = 1.5;
  EXPECT_EQ(cpus.effective_cores(), 1);
  EXPECT_THAT(auto_cores(cpus, false), ElementsAre(1));
  EXPECT_THAT(auto_cores(cpus, true), ElementsAre(1));
  EXPECT_THAT(end_cores(cpus, false), ElementsAre(1));
  EXPECT_EQ(describe_kept_cores(cpus), "");
  EXPECT_THAT(place(cpus, 1).others, ElementsAre(1, 2, 3, 5, 6, 7));
  cpus.quota = 6;
  EXPECT_THAT(auto_cores(cpus, false), ElementsAre(1, 2, 4, 6));
  cpus.quota = 3;
  EXPECT_THAT(auto_cores(cpus, false), ElementsAre(1, 2, 3));
  EXPECT_THAT(auto_cores(cpus, true), ElementsAre(1, 2, 3));
}

TEST(Placement, OfTwoVirtualCpusHasTheLastCellShare) {
  const Cpus cpus = Machine("core:2 pu:1").cpus();
  EXPECT_EQ(cpus.smt, false);
  EXPECT_THAT(auto_cores(cpus, false), ElementsAre(1, 2));
  EXPECT_THAT(auto_cores(cpus, true), ElementsAre(1, 2));
  EXPECT_THAT(place(cpus, 1).others, ElementsAre(1));
  EXPECT_THAT(place(cpus, 1).cores_of_cell, ElementsAre(0));
  EXPECT_FALSE(place(cpus, 1).shares_cores);
  EXPECT_TRUE(place(cpus, 2).shares_cpus);
  // Two threads of one core, if the hypervisor says so: whoever is on the
  // other one takes part of the first.
  const Cpus threads = Machine("core:1 pu:2").cpus();
  EXPECT_THAT(auto_cores(threads, false), ElementsAre(1, 2));
  EXPECT_THAT(place(threads, 1).others, ElementsAre(1));
  EXPECT_TRUE(place(threads, 1).shares_cores);
  EXPECT_FALSE(place(threads, 1).shares_cpus);
}

TEST(Placement, OfCpusThatNobodyKnowsTakesThemForCores) {
  const Cpus cpus = Machine("core:1 pu:2").cpus({0, 1, 7});
  EXPECT_EQ(cpus.smt, std::nullopt);
  EXPECT_EQ(cpus.physical_cores(), 2);
}

TEST(Placement, IsReadOfThisMachine) {
  std::vector<int> ids = read_cpus().ids();
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(ids, allowed_cpus());
}

}  // namespace
}  // namespace bench
