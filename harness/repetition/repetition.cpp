// Repetition: run, verify, report.
#include "harness/repetition/repetition.h"

#include <malloc.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <exception>
#include <memory>
#include <span>
#include <system_error>

#include "harness/core/pinning.h"
#include "harness/core/registry.h"
#include "harness/drive/blocking.h"
#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/clock.h"
#include "harness/posix/descriptors.h"
#include "harness/posix/errno_name.h"
#include "harness/repetition/answers.h"
#include "harness/repetition/latency.h"
#include "harness/repetition/native.h"
#include "harness/repetition/verify.h"
#include "harness/system/cpus.h"

namespace bench {
namespace {

std::unique_ptr<Scenario> make_scenario(const Order& order) {
  return scenario_named(order.scenario)
      .make(order.parameters, order.seed, order.surroundings);
}

Batch make_batch(const Order& order, const Scenario& scenario) {
  return Batch(
      scenario, order.jobs,
      {order.cpus, order.workers, order.in_flight, order.model_parameters},
      [text = to_text(order)](std::size_t i) {
        return std::vector<std::string>{"/proc/self/exe", "__job", text,
                                        std::to_string(i),
                                        std::to_string(getpid())};
      });
}

void add_usage(Json& json, const Usage& usage) {
  json["cpu_user_seconds"] = usage.user_seconds;
  json["cpu_system_seconds"] = usage.system_seconds;
  json["voluntary_switches"] = usage.voluntary_switches;
  json["involuntary_switches"] = usage.involuntary_switches;
  json["minor_faults"] = usage.minor_faults;
  json["major_faults"] = usage.major_faults;
}

std::vector<std::uint64_t> jobs_per_worker(const Batch& batch) {
  std::vector<std::uint64_t> counts(batch.workers(), 0);
  for (const Record& record : batch.records()) {
    if (record.worker >= counts.size()) counts.resize(record.worker + 1, 0);
    ++counts[record.worker];
  }
  return counts;
}

/// When each job of a small batch was over: the staircase that a pool makes of
/// more jobs than it has workers. Seconds after the gate opened, rising.
Json job_ends(const Batch& batch, std::int64_t opened) {
  constexpr std::size_t kSmall = 64;
  if (batch.size() > kSmall) return nullptr;
  std::vector<double> ends;
  for (const Record& record : batch.records()) {
    ends.push_back(seconds_between(opened, record.finished));
  }
  std::sort(ends.begin(), ends.end());
  return ends;
}

/// A batch under a model: the four stamps, the verdict on the answers, and
/// everything that was consumed in between.
Json run_batch(const Order& order) {
  const std::unique_ptr<Scenario> scenario = make_scenario(order);
  const Answers answers = Answers::map(order.answers, order.jobs);
  Batch batch = make_batch(order, *scenario);
  const std::unique_ptr<Model> model = model_named(order.model).make();

  const std::int64_t entered = now_ns();
  model->run(batch);
  const std::int64_t returned = now_ns();
  Usage usage = Usage::of_this_process_and_reaped_children();
  usage -= batch.gate().usage_at_entry();
  usage -= batch.gate().observer_usage();

  const Verification verified = verify(batch.records(), answers.all());
  Json json;
  if (!verified.right) {
    json["status"] = "failed";
    json["reason"] = verified.reason;
    json["errors"] = verified.wrong + verified.failed;
    if (verified.wrong > 0) json["wrong"] = true;
    if (verified.failed > 0) json["errnos"] = verified.errnos;
    return json;
  }
  const std::int64_t opened = batch.gate().opened_at();
  json["status"] = "ok";
  json["errors"] = 0;
  json["jobs"] = batch.size();
  json["start_seconds"] = seconds_between(entered, opened);
  json["work_seconds"] = seconds_between(opened, verified.last_finished);
  json["teardown_seconds"] = seconds_between(
      verified.last_finished + batch.gate().observer_ns(), returned);
  add_usage(json, usage);
  const MemoryUse& memory = batch.gate().memory();
  json["peak_rss_bytes"] = or_null(memory.peak_rss_bytes);
  json["peak_pss_bytes"] = or_null(memory.pss_bytes);
  json["page_table_bytes"] = or_null(memory.page_table_bytes);
  json["kernel_stack_bytes"] = or_null(memory.kernel_stack_bytes);
  add_latency(json, batch.records(), order.places, opened);
  json["job_end_seconds"] = job_ends(batch, opened);
  json["jobs_per_worker"] = jobs_per_worker(batch);
  json["digest"] = verified.digest;
  json["processes"] = batch.gate().processes().size();
  json["record_bytes"] = batch.records().bytes();
  return json;
}

Json run_native(const Order& order) {
  const NativeResult result = run_primitive(
      order.primitive, order.workers, order.jobs, order.min_seconds,
      {order.parameters, order.seed, order.in_flight,
       order.surroundings.backend_port, order.cpus});
  Json json;
  json["status"] = "ok";
  json["errors"] = 0;
  json["jobs"] = result.iterations;
  json["work_seconds"] = result.seconds;
  add_usage(json, result.usage);
  return json;
}

/// The right answer to requests of a kind. A long body goes unseen: orders
/// travel in arguments, which have limits. [execve(2), MAX_ARG_STRLEN]
Json expectation(const Service& service, const RequestKind& kind) {
  constexpr std::uint64_t kLongestBody = std::uint64_t{64} * 1024;
  const Route route = service.route("GET", kind.target);
  Json json{{"target", kind.target}, {"share", kind.share}};
  Answer answer = route.answer;
  Json body;
  if (route.kind == Route::Kind::work) answer = service.expected(route.work);
  if (route.kind != Route::Kind::bytes) {
    body = std::string(answer.body());
  } else if (route.count <= kLongestBody) {
    std::string bytes;
    for (std::uint64_t i = 0; i < route.count; ++i) {
      bytes.push_back(static_cast<char>('a' + i % 26));
    }
    body = bytes;
  }
  json["status"] = answer.status;
  json["body"] = body;
  return json;
}

/// A process on each CPU of the order but the first one that does the work of
/// the scenario's jobs until it is killed; none if they compute nothing.
std::vector<Child> keep_others_busy(const ScenarioInfo& scenario,
                                    const Order& order) {
  std::vector<Child> others;
  if (!scenario.computing) return others;
  const Computing computing = scenario.computing(order.parameters);
  if (computing.run == nullptr) return others;
  for (std::size_t i = 1; i < order.cpus.size(); ++i) {
    others.push_back(Child::fork([&] {
      bind_to({order.cpus[i]});
      constexpr std::uint64_t kSome = 1000;
      for (std::uint64_t input = 0;; ++input) computing.run(input, kSome);
    }));
  }
  return others;
}

void send_report(int report, const Json& json) {
  write_all(report, to_line(json), "the report");
}

}  // namespace

void prepare_process(const Order& order) {
  bind_to(order.cpus);
  if (is_pinned(order.model_parameters)) {
    pin_workers(order.cpus);
    if (model_named(order.model).one_worker) place_worker(0);
  }
  // Sleeps of ordinary threads may be 50 us too long by default, which is a
  // per cent of a wait of 5 ms. Threads and children inherit the setting.
  // [prctl(2), PR_SET_TIMERSLACK]
  prctl(PR_SET_TIMERSLACK, 1);
  use_all_descriptors();
  // Memory is read at the end, when all jobs are finished. What they have
  // freed by then must not have gone back to the kernel. [mallopt(3)]
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  unsetenv("UV_THREADPOOL_SIZE");  // the user's is no part of the plan
  if (order.model_parameters.has("uv-pool")) {  // libuv reads it once
    setenv("UV_THREADPOOL_SIZE", order.model_parameters.word("uv-pool").c_str(),
           1);
  }
}

int run_repetition(const Order& order) {
  Json json;
  try {
    prepare_process(order);
    json = order.primitive.empty() ? run_batch(order) : run_native(order);
  } catch (const std::exception& error) {
    json = {{"status", "failed"}, {"reason", reason_of(error)}};
  }
  send_report(order.report, json);
  return 0;
}

int run_calibration(const Order& order) {
  const ScenarioInfo& scenario = scenario_named(order.scenario);
  const std::vector<Child> others = keep_others_busy(scenario, order);
  bind_to({order.cpus.front()});
  Parameters parameters = order.parameters;
  const JobLength length = scenario.calibrate(parameters, order.surroundings);
  send_report(order.report, {{"parameters", parameters.all()},
                             {"seconds", length.seconds},
                             {"period", length.period}});
  return 0;
}

int run_expectation(const Order& order) {
  const ScenarioInfo& scenario = scenario_named(order.scenario);
  const std::unique_ptr<Service> service =
      scenario.service(order.parameters, order.seed, order.surroundings);
  Json all = Json::array();
  for (const RequestKind& kind : scenario.requests(order.parameters)) {
    all.push_back(expectation(*service, kind));
  }
  send_report(order.report, all);
  return 0;
}

int run_oracle(const Order& order) {
  Answers::find(*make_scenario(order), order.jobs, order.answers,
                static_cast<int>(order.workers));
  return 0;
}

int run_single_job(const Order& order, std::size_t i) {
  const std::unique_ptr<Scenario> scenario = make_scenario(order);
  const std::unique_ptr<Job> job = scenario->job(i);
  const int error = drive_blocking(*job);
  std::printf("%016llx %d\n",
              static_cast<unsigned long long>(error == 0 ? job->digest() : 0),
              error);
  return 0;
}

int run_single_work(const Order& order, const Work& work) {
  const std::unique_ptr<Service> service =
      scenario_named(order.scenario)
          .service(order.parameters, order.seed, order.surroundings);
  Call call{service.get(), work, {}};
  WorkResult result;
  result.error = -call_blocking(call);
  result.answer = call.answer;
  // What cannot be told is no answer: who waits for it finds too few bytes.
  return std::fwrite(&result, sizeof result, 1, stdout) == 1 ? 0 : 1;
}

}  // namespace bench
