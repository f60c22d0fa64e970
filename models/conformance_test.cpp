// Conformance: what every model in the registry owes, and every variant.
//
// Each case runs in a process of its own, because a model may assume that the
// process has one thread, and libuv's and oneTBB's pools are made once.
#include <dirent.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "harness/backend/backend.h"
#include "harness/core/batch.h"
#include "harness/core/registry.h"
#include "harness/posix/nameless_file.h"
#include "harness/repetition/repetition.h"
#include "harness/repetition/verify.h"
#include "models/testing/registry.h"

namespace bench {
namespace {

struct Conforming {
  const ModelInfo* model;
  std::string scenario;
  std::uint32_t workers;
  std::size_t jobs;
  std::string wait = {};        // of scenario io
  std::uint32_t in_flight = 0;  // 0: as many as workers
};

Parameters parameters_of(const Conforming& one) {
  Parameters parameters = defaults_of(scenario_named(one.scenario).parameters);
  if (one.scenario == "cpu") parameters.set("size", "200");
  if (one.scenario == "io") {
    const bool closing = one.wait == "closing";
    parameters.set("wait", closing ? "backend" : one.wait);
    parameters.set("keep-alive", closing ? "no" : "yes");
    parameters.set("wait-ms", "1");
    parameters.set("payload", "5000");
    parameters.set("size", "100");  // every way of waiting, and a computation
  }
  return parameters;
}

int entries_of(const char* directory) {
  DIR* handle = opendir(directory);
  int count = 0;
  while (readdir(handle) != nullptr) ++count;
  closedir(handle);
  return count;
}

/// The most jobs that had begun and not finished at any moment.
std::uint32_t most_in_flight(const Batch& batch) {
  std::vector<std::pair<std::int64_t, int>> moments;
  for (const Record& record : batch.records()) {
    moments.emplace_back(record.begun, 1);
    moments.emplace_back(record.finished, -1);  // before a begin at that moment
  }
  std::sort(moments.begin(), moments.end());
  int now = 0;
  int most = 0;
  for (const auto& [when, change] : moments) {
    now += change;
    most = std::max(most, now);
  }
  return static_cast<std::uint32_t>(most);
}

#define REQUIRE(condition)                                  \
  if (!(condition)) {                                       \
    fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
    _exit(1);                                               \
  }

/// Runs one batch and checks what is left; ends the process.
[[noreturn]] void conform(const Conforming& one) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const ScenarioInfo& info = scenario_named(one.scenario);
  Order order;
  order.scenario = one.scenario;
  order.seed = 11;
  order.parameters = parameters_of(one);
  const Needs needs = info.needs ? info.needs(order.parameters) : Needs{};
  std::optional<Backend> backend;
  if (needs.backend) {
    backend = Backend::start({}, 1000, 1, run_backend);
    order.surroundings.backend_port = backend->port();
  }
  Fd file;
  if (needs.file_bytes > 0) {
    file = nameless_file();
    fcntl(file.get(), F_SETFD, 0);  // the processes of fork-ipc/spawn read it
    order.surroundings.file = file.get();
    info.calibrate(order.parameters, order.surroundings);
  }
  const auto scenario =
      info.make(order.parameters, order.seed, order.surroundings);
  std::vector<std::uint64_t> answers;
  for (std::size_t i = 0; i < one.jobs; ++i) {
    answers.push_back(scenario->expected(i));
  }
  Batch batch(*scenario, one.jobs,
              {{},
               one.workers,
               std::max(one.workers, one.in_flight),
               defaults_of(one.model->parameters)},
              [&](std::size_t i) {
                return std::vector<std::string>{
                    BENCH_BINARY, "__job", to_text(order), std::to_string(i),
                    std::to_string(getpid())};
              });
  const int descriptors = entries_of("/proc/self/fd");
  const std::unique_ptr<Model> model = one.model->make();
  model->run(batch);

  const Verification verified = verify(batch.records(), answers);
  fprintf(stderr, "%s\n", verified.reason.c_str());
  REQUIRE(verified.right || one.jobs == 0);
  for (const Record& record : batch.records()) {
    REQUIRE(record.worker < one.workers);
    REQUIRE(record.begun >= batch.gate().opened_at());
    REQUIRE(record.finished >= record.begun);
  }
  REQUIRE(batch.gate().memory().pss_bytes.value_or(1) > 0);
  REQUIRE(batch.gate().memory().peak_rss_bytes > 0);
  REQUIRE(most_in_flight(batch) <= batch.in_flight());
  const int kept = entries_of("/proc/self/fd");
  if (backend) {
    // A worker that lives on keeps a connection for each job it has in flight.
    const std::uint64_t connections = backend->figures().connections;
    const bool keeps = !one.model->worker_per_job;
    if (one.wait == "closing") {
      REQUIRE(connections == one.jobs);
    } else {
      REQUIRE(connections <= (keeps ? batch.in_flight() : one.jobs));
    }
  }
  backend.reset();
  // No worker outlives run(): no child, not even a zombie, and no thread.
  REQUIRE(waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD);
#if !defined(__SANITIZE_THREAD__)               // which has a thread of its own
  REQUIRE(entries_of("/proc/self/task") == 3);  // ".", ".." and this one
#endif
  // libuv keeps one pipe for signals per process, until the process ends.
  REQUIRE(kept <= descriptors + 2);
  _exit(0);
}

class Conformance : public testing::TestWithParam<Conforming> {};

TEST_P(Conformance, RunsEveryJobOnceAndLeavesNothing) {
  EXPECT_EXIT(conform(GetParam()), testing::ExitedWithCode(0), "");
}

std::vector<Conforming> cases() {
  std::vector<Conforming> all;
  for (const ModelInfo* one : models_that_run()) {
    const ModelInfo& model = *one;
    const bool process_per_job = model.variant == "spawn";
    for (const std::uint32_t workers : {1u, 2u, 5u}) {
      if (model.one_worker && workers != 1) continue;
      const std::size_t many = process_per_job ? 20 : 5000;
      all.push_back({&model, "null", workers, many});
      all.push_back({&model, "cpu", workers, many / 10});
      all.push_back({&model, "null", workers, 1});  // fewer jobs than workers
      all.push_back({&model, "null", workers, 0});
      const std::size_t some = process_per_job ? 20 : 300;
      const bool loops = model.waits == ModelInfo::Waits::in_loop;
      const std::uint32_t in_flight = loops ? 50 + workers : 0;
      for (const char* wait : {"timer", "backend", "closing", "file"}) {
        all.push_back({&model, "io", workers, some, wait, in_flight});
      }
    }
  }
  return all;
}

std::string name_of(const testing::TestParamInfo<Conforming>& info) {
  return as_test_name(info.param.model->name() + "_" + info.param.scenario +
                      "_" + info.param.wait + "_" +
                      std::to_string(info.param.workers) + "_" +
                      std::to_string(info.param.jobs));
}

INSTANTIATE_TEST_SUITE_P(All, Conformance, testing::ValuesIn(cases()), name_of);

TEST(Registry, HoldsTheFiveModelsInTheOrderOfTheClass) {
  std::vector<std::string> names;
  for (const ModelInfo* model : find_models("--model", "all")) {
    names.push_back(model->name());
  }
  EXPECT_THAT(names,
              testing::ElementsAre("sequential", "event-loop", "thread-pool",
                                   "prefork", "fork-ipc"));
}

TEST(Registry, EveryModelHasASummaryAFileAndAFloor) {
  for (const ModelInfo& model : all_models()) {
    EXPECT_FALSE(model.summary.empty()) << model.name();
    EXPECT_EQ(model.file.rfind("models/", 0), 0u) << model.file;
    bool found = !model.runs;  // a floor is one of jobs
    for (const PrimitiveInfo& primitive : all_primitives()) {
      found = found || primitive.id == model.floor;
    }
    EXPECT_TRUE(found) << model.name() << " has no floor " << model.floor;
  }
}

}  // namespace
}  // namespace bench
