// Native: one registered benchmark, one quiet reporter.
#include "harness/repetition/native.h"

#include <benchmark/benchmark.h>

#include <stdexcept>
#include <vector>

#include "harness/core/registry.h"

namespace bench {
namespace {

/// Throws if a run went wrong. Google Benchmark 1.8 gave the two members other
/// names.
template <typename Run>
void check_run(const Run& run) {
  if constexpr (requires { run.skip_message; }) {
    if (static_cast<bool>(run.skipped)) {
      throw std::runtime_error(run.skip_message);
    }
  } else {
    if (run.error_occurred) throw std::runtime_error(run.error_message);
  }
}

/// Keeps what Google Benchmark measured and prints nothing.
class Keeper : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      check_run(run);
      result.iterations = run.iterations;
      result.seconds = run.real_accumulated_time;
    }
  }
  NativeResult result;
};

const PrimitiveInfo& primitive_named(const std::string& id) {
  for (const PrimitiveInfo& primitive : all_primitives()) {
    if (primitive.id == id) return primitive;
  }
  throw std::invalid_argument("there is no primitive '" + id + "'");
}

Usage usage_of_last_body;
PrimitiveTask the_task;

}  // namespace

const PrimitiveTask& primitive_task() { return the_task; }

void count_usage_from(const Gate& gate) {
  usage_of_last_body = Usage::of_this_process_and_reaped_children();
  usage_of_last_body -= gate.usage_at_entry();
}

void count_usage(const Usage& usage) { usage_of_last_body = usage; }

NativeResult run_primitive(const std::string& id, std::uint32_t workers,
                           std::size_t iterations, double min_seconds,
                           const PrimitiveTask& task) {
  the_task = task;
  auto* benchmark =
      benchmark::RegisterBenchmark(id.c_str(), primitive_named(id).body);
  benchmark->Arg(workers)->UseRealTime();
  if (iterations > 0) {
    benchmark->Iterations(static_cast<std::int64_t>(iterations));
  } else {
    benchmark->MinTime(min_seconds);
  }
  Keeper keeper;
  benchmark::RunSpecifiedBenchmarks(&keeper, ".");
  keeper.result.usage = usage_of_last_body;
  return keeper.result;
}

}  // namespace bench
