// Pinning: where the workers of every model may run.
#include "harness/core/pinning.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <set>

#include "harness/core/batch.h"
#include "harness/posix/child.h"
#include "harness/posix/shared_array.h"
#include "harness/repetition/repetition.h"
#include "harness/system/cpus.h"
#include "models/testing/registry.h"

namespace bench {
namespace {

/// What a thread saw of itself.
struct Seen {
  pid_t thread;  ///< 0: nobody was here
  int cpus;      ///< that it may run on
  int first;     ///< of these
};

class Nothing : public Job {
 public:
  Step resume(ssize_t) noexcept override { return Step::finished(); }
  std::uint64_t digest() const noexcept override { return 0; }
};

/// Empty jobs for workers that look where they may run. All of them come by,
/// the main thread as well.
class Looking : public Scenario {
 public:
  std::unique_ptr<Job> job(std::size_t) const noexcept override {
    return std::make_unique<Nothing>();
  }
  std::uint64_t expected(std::size_t) const override { return 0; }
  void prepare_worker() const override {
    const std::vector<int> cpus = allowed_cpus();
    seen[count[0].fetch_add(1)] = {gettid(), static_cast<int>(cpus.size()),
                                   cpus.front()};
  }

  mutable SharedArray<Seen> seen{64};
  mutable SharedArray<std::atomic<std::size_t>> count{1};
};

/// At most four of those that there are.
std::vector<int> some_cpus() {
  std::vector<int> cpus = allowed_cpus();
  cpus.resize(std::min<std::size_t>(cpus.size(), 4));
  return cpus;
}

/// Runs a model with a worker for each of `cpus`; the id of its main thread.
pid_t run(const ModelInfo& model, const std::string& pin,
          const std::vector<int>& cpus, const Looking& scenario) {
  const auto count =
      model.one_worker ? 1 : static_cast<std::uint32_t>(cpus.size());
  Child child = Child::fork([&] {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    Order order;
    order.model = model.name();
    order.cpus = cpus;
    order.model_parameters = defaults_of(model.parameters);
    order.model_parameters.set("pin", pin);
    if (model.in_uv_pool) {
      order.model_parameters.set("uv-pool", std::to_string(count));
    }
    prepare_process(order);
    Batch batch(scenario, 100, {cpus, count, count, order.model_parameters},
                nullptr);
    model.make()->run(batch);
  });
  const pid_t main = child.pid();
  EXPECT_EQ(child.wait(), 0);
  return main;
}

class Pinning : public testing::TestWithParam<const ModelInfo*> {};

TEST_P(Pinning, GivesEachWorkerACpuOfItsOwn) {
  const std::vector<int> cpus = some_cpus();
  const Looking scenario;
  const pid_t main = run(*GetParam(), "yes", cpus, scenario);
  std::set<int> used;
  for (const Seen& one : scenario.seen) {
    if (one.thread == 0) continue;
    // A main thread that only hands out and waits is no worker.
    const bool waits = one.thread == main && !GetParam()->one_worker;
    if (waits && one.cpus == static_cast<int>(cpus.size())) continue;
    EXPECT_EQ(one.cpus, 1);
    used.insert(one.first);
  }
  // As many workers as CPUs, and none of these is left over: they differ.
  const std::set<int> all(cpus.begin(), cpus.end());
  EXPECT_EQ(used, GetParam()->one_worker ? std::set<int>{cpus.front()} : all);
}

TEST_P(Pinning, LeavesItToTheSchedulerIfNobodyAsks) {
  const std::vector<int> cpus = some_cpus();
  const Looking scenario;
  run(*GetParam(), "no", cpus, scenario);
  EXPECT_GT(scenario.count[0], 0u);
  for (const Seen& one : scenario.seen) {
    if (one.thread == 0) continue;
    EXPECT_EQ(one.cpus, static_cast<int>(cpus.size()));
  }
}

std::vector<const ModelInfo*> models_that_pin() {
  std::vector<const ModelInfo*> all;
  for (const ModelInfo* model : models_that_run()) {
    // A yardstick is always pinned.
    if (!model->worker_per_job && !model->yardstick) all.push_back(model);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, Pinning, testing::ValuesIn(models_that_pin()),
                         [](const auto& one) {
                           return as_test_name(one.param->name());
                         });

/// Numbers of workers go round the CPUs, over threads of several processes as
/// well.
TEST(PinningOfThreads, CountsThreadsOverAllProcesses) {
  const std::vector<int> cpus = some_cpus();
  const auto count = static_cast<std::uint32_t>(cpus.size());
  for (std::uint32_t process : {0u, 1u, 2u}) {
    Child child = Child::fork([&] {
      pin_workers(cpus);
      place_process(process, 3);
      for (std::uint32_t thread : {0u, 1u, 2u, 3u}) {
        place_worker(thread);
        const std::vector<int> wanted = {cpus[(process + 3 * thread) % count]};
        if (allowed_cpus() != wanted) _exit(1);
      }
    });
    EXPECT_EQ(child.wait(), 0);
  }
}

}  // namespace
}  // namespace bench
