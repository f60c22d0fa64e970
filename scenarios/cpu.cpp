// cpu and grain: jobs that only compute.
//
// cpu has jobs of one length, grain the same work cut into jobs of many
// lengths. Each job runs one kernel with an amount of work that --job-us (a
// wish, calibrated once per run) or --size (iterations) sets. --spread makes
// jobs uneven: the same mean, a long tail.
#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "harness/core/scenario.h"
#include "scenarios/kernel_time.h"
#include "scenarios/kernels.h"
#include "scenarios/random.h"
#include "scenarios/strata.h"

namespace bench {
namespace {

class CpuJob : public Job {
 public:
  CpuJob(const Kernel& kernel, std::uint64_t input, std::uint64_t size)
      : kernel_(kernel), input_(input), size_(size) {}

  Step resume(ssize_t) noexcept override {
    if (!announced_) {
      announced_ = true;
      return Step::compute();
    }
    digest_ = kernel_.run(input_, size_);
    return Step::finished();
  }

  std::uint64_t digest() const noexcept override { return digest_; }

 private:
  const Kernel& kernel_;
  const std::uint64_t input_;
  const std::uint64_t size_;
  std::uint64_t digest_ = 0;
  bool announced_ = false;
};

/// The middle quantile of stratum k of a Pareto distribution with shape 1 and
/// a largest value of 100 times the smallest, without its scale.
/// [inverse of F(x) = (1 - L/x) / (1 - L/H), H = 100 L]
double quantile(std::uint64_t k) { return 1 / (1 - 0.99 * middle_of(k)); }

/// The length of job i over the mean length: half of the jobs take less than
/// 0.44 of the mean, one in 64 takes 12 times the mean.
double long_tail(std::uint64_t seed, std::uint64_t i) {
  static const double mean = [] {
    double sum = 0;
    for (std::uint64_t k = 0; k < kStrata; ++k) sum += quantile(k);
    return sum / kStrata;
  }();
  return quantile(stratum_of(seed, i, 1)) / mean;
}

class Cpu : public Scenario {
 public:
  Cpu(const Parameters& parameters, std::uint64_t seed)
      : kernel_(kernel_named(parameters.word("kernel"))),
        size_(parameters.real("size")),
        even_(rounded(size_)),
        spread_(parameters.real("spread")),
        seed_(seed) {}

  std::unique_ptr<Job> job(std::size_t i) const noexcept override {
    return std::make_unique<CpuJob>(kernel_, random_of(seed_, i), size(i));
  }
  std::uint64_t expected(std::size_t i) const override {
    return kernel_.oracle(random_of(seed_, i), size(i));
  }
  void prepare_worker() const override { kernel_.run(0, 1); }

 private:
  std::uint64_t size(std::size_t i) const {
    if (spread_ <= 0) return even_;
    return rounded(size_ * (1 - spread_ + spread_ * long_tail(seed_, i)));
  }
  static std::uint64_t rounded(double size) {
    return static_cast<std::uint64_t>(std::max(1LL, std::llround(size)));
  }

  const Kernel& kernel_;
  const double size_;
  const std::uint64_t even_;  ///< the same for all
  const double spread_;
  const std::uint64_t seed_;
};

JobLength calibrate(Parameters& parameters, const Surroundings&) {
  const Kernel& kernel = kernel_named(parameters.word("kernel"));
  const std::size_t period = parameters.real("spread") > 0 ? kStrata : 1;
  if (!parameters.has("size")) {
    const Fitted found = size_for(kernel, parameters.real("job-us") * 1e-6);
    parameters.set("size", std::to_string(found.size));
    return {found.seconds, period};
  }
  return {
      seconds_of(kernel, static_cast<std::uint64_t>(parameters.real("size"))),
      period};
}

Parameter size_of_job() {
  return whole_number(
      "size", "work of a job in iterations, instead of --job-us", 1, 1e12, "");
}

/// Jobs of `low` to `high` microseconds.
ScenarioInfo info(std::string id, std::string summary, double low, double high,
                  std::string lengths, Parameter size) {
  return {
      .id = std::move(id),
      .summary = std::move(summary),
      .parameters =
          {word_of("kernel", "what a job computes",
                   {"sqrt", "pbkdf2", "primes"}, "sqrt"),
           time_in("us", "job-us",
                   "mean length of a job, calibrated once a run", low, high,
                   std::move(lengths)),
           std::move(size),
           {.name = "spread",
            .help = "0: all jobs alike; 1: the same mean with a long tail",
            .kind = Parameter::Kind::real,
            .low = 0,
            .high = 1,
            .fallback = "0"}},
      .calibrate = calibrate,
      .make = [](const Parameters& parameters, std::uint64_t seed,
                 const Surroundings&) -> std::unique_ptr<Scenario> {
        return std::make_unique<Cpu>(parameters, seed);
      },
      .computing =
          [](const Parameters& parameters) {
            return computing(kernel_named(parameters.word("kernel")));
          },
  };
}

/// A batch is as long as its jobs are many: the work is the same at each
/// length, and only how often it is handed out is not.
ScenarioInfo grain() {
  ScenarioInfo found = info("grain", "the same work in short and in long jobs",
                            0.1, 100e3, "0.1,0.3,1,3,10,30,100,300,1000,10000",
                            size_of_job().by_calibration());
  found.most_cores = true;
  found.pace = 0.15;
  found.only_handing_out = true;
  found.narrowed = "job-us";
  return found;
}

const RegisterScenario registered[] = {
    RegisterScenario{info("cpu", "jobs that only compute", 1, 10e6, "1000",
                          size_of_job().overriding("job-us"))},
    RegisterScenario{grain()},
};

}  // namespace
}  // namespace bench
