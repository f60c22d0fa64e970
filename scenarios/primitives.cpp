// primitives: the bare mechanisms under the models, as native benchmarks.
//
// Each is what a hand-written program would do with the same queue, socket or
// counter. One iteration is one bare job. There is no job object, no record, no
// driver and no verification: that is what a model adds to its floor. Where
// another scenario is asked for as well, floors that do its jobs stand beside
// its models. [scenarios/primitives_plain.cpp] What a message, a start or a
// call costs on this machine, under no model, are scenarios like this one.
#include "scenarios/primitives.h"

#include <sys/mman.h>

#include <cstring>
#include <utility>

#include "harness/posix/check.h"
#include "harness/posix/shared_array.h"

namespace bench {
namespace {

void bare_job(benchmark::State& state) {
  SharedArray<Gate> gate(1);
  gate[0].enter();
  std::uint64_t i = 0;
  for (auto _ : state) do_bare_job(i++);
  count_usage_from(gate[0]);
}

const RegisterScenario scenario{[] {
  ScenarioInfo floors =
      prices("primitives",
             "the bare mechanisms under the models: what they cannot beat", {});
  floors.pace = 1;
  return floors;
}()};

const RegisterPrimitive registered{{.id = "bare-job",
                                    .summary = "bare jobs in a bare loop",
                                    .body = bare_job,
                                    .one_worker = true}};

}  // namespace

Touched::Touched(std::size_t size, bool huge) : size_(size) {
  if (size_ == 0) return;
  memory_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory_ == MAP_FAILED) throw_errno("mmap");
  madvise(memory_, size_, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  // As a write to each page does, in half the time; Linux 5.14 and later.
  if (madvise(memory_, size_, MADV_POPULATE_WRITE) != 0) {
    std::memset(memory_, 0, size_);
  }
}

Touched::~Touched() {
  if (size_ > 0) munmap(memory_, size_);
}

PrimitiveInfo price(std::string scenario, std::string id, std::string summary,
                    std::function<void(benchmark::State&)> body,
                    std::vector<int> cores, bool (*fits)(const Parameters&)) {
  return {.id = std::move(id),
          .summary = std::move(summary),
          .body = std::move(body),
          .one_worker = true,
          .scenario = std::move(scenario),
          .cores = std::move(cores),
          .fits = fits};
}

ScenarioInfo prices(std::string id, std::string summary,
                    std::vector<Parameter> parameters) {
  return {
      .id = std::move(id),
      .summary = std::move(summary),
      .parameters = std::move(parameters),
      .calibrate = [](Parameters&, const Surroundings&) { return JobLength{}; },
      .make = nullptr,
      .pace = 0.02};
}

}  // namespace bench
