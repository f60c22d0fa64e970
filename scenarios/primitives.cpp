// primitives: the bare mechanisms under the models, as native benchmarks.
//
// Each is what a hand-written program would do with the same queue, socket or
// counter. One iteration is one bare job. There is no job object, no record, no
// driver and no verification: that is what a model adds to its floor. Where
// another scenario is asked for as well, floors that do its jobs stand beside
// its models. [scenarios/primitives_plain.cpp]
#include "scenarios/primitives.h"

#include "harness/core/scenario.h"
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

// A scenario that cannot make jobs: its cells are the primitives themselves.
const RegisterScenario scenario{{
    .id = "primitives",
    .summary = "the bare mechanisms under the models: what they cannot beat",
    .calibrate = [](Parameters&, const Surroundings&) { return JobLength{}; },
    .make = nullptr,
}};

const RegisterPrimitive registered{{.id = "bare-job",
                                    .summary = "bare jobs in a bare loop",
                                    .body = bare_job,
                                    .one_worker = true}};

}  // namespace
}  // namespace bench
