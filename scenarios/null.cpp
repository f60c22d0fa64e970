// null: jobs that do nothing, so that only the price of dispatch is left.
#include <memory>

#include "harness/core/scenario.h"
#include "scenarios/random.h"

namespace bench {
namespace {

class NullJob : public Job {
 public:
  explicit NullJob(std::uint64_t answer) : answer_(answer) {}

  /// Announces a computation, so that models hand it over as they would a
  /// real one, and has nothing to compute.
  Step resume(ssize_t) noexcept override {
    if (announced_) return Step::finished();
    announced_ = true;
    return Step::compute();
  }
  std::uint64_t digest() const noexcept override { return answer_; }

 private:
  std::uint64_t answer_;
  bool announced_ = false;
};

class Null : public Scenario {
 public:
  explicit Null(std::uint64_t seed) : seed_(seed) {}

  std::unique_ptr<Job> job(std::size_t i) const noexcept override {
    return std::make_unique<NullJob>(expected(i));
  }
  std::uint64_t expected(std::size_t i) const override {
    return random_of(seed_, i);
  }

 private:
  std::uint64_t seed_;
};

// Nothing to calibrate. The time of one job sets the size of a batch: a
// million jobs for each second of --duration.
const RegisterScenario registered{{
    .id = "null",
    .summary = "jobs without work: the price of dispatch itself",
    .calibrate = [](Parameters&,
                    const Surroundings&) { return JobLength{1e-6}; },
    .make = [](const Parameters&, std::uint64_t seed, const Surroundings&)
        -> std::unique_ptr<Scenario> { return std::make_unique<Null>(seed); },
    .only_handing_out = true,
}};

}  // namespace
}  // namespace bench
