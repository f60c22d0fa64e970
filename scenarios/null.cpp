// null and startup: jobs that do nothing.
//
// What is left of null is the price of dispatch; of startup, with a few jobs
// for many workers, what it takes until they are there, and what each of them
// holds.
#include <atomic>
#include <cstddef>
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

class Startup : public Null {
 public:
  static constexpr std::size_t kInheritedMib = 16;

  Startup(std::uint64_t seed, std::size_t touched_mib)
      : Null(seed), touched_(touched_mib * kMib) {
    for (std::size_t i = 0; i < kInheritedMib * kMib; i += kPage) write(i);
  }

  // LESSON: fork() copies no memory, only the tables of its pages. Threads
  // write to the pages themselves; a process that writes to a page that it has
  // inherited gets a copy of it. (copy-on-write)
  void prepare_worker() const override {
    for (std::size_t i = 0; i < touched_; i += kPage) write(i);
  }

 private:
  static constexpr std::size_t kMib = std::size_t{1} << 20;
  static constexpr std::size_t kPage = 4096;

  /// Threads do so at the same time.
  void write(std::size_t i) const {
    memory_[i].store(1, std::memory_order_relaxed);
  }

  const std::size_t touched_;
  const std::unique_ptr<std::atomic<char>[]> memory_ =
      std::make_unique<std::atomic<char>[]>(kInheritedMib * kMib);
};

// Nothing to calibrate. The time of one job sets the size of a batch: a
// million jobs for each second of --duration.
JobLength nothing(Parameters&, const Surroundings&) { return {1e-6}; }

const RegisterScenario registered[] = {
    RegisterScenario{{
        .id = "null",
        .summary = "jobs without work: the price of dispatch itself",
        .calibrate = nothing,
        .make = [](const Parameters&, std::uint64_t seed,
                   const Surroundings&) -> std::unique_ptr<Scenario> {
          return std::make_unique<Null>(seed);
        },
        .only_handing_out = true,
    }},
    RegisterScenario{{
        .id = "startup",
        .summary = "many workers for a few empty jobs: what a worker costs",
        .parameters = {whole_number(
            "touched-mib",
            "MiB of memory of its parent's that each worker writes to", 0,
            Startup::kInheritedMib, "0,4")},
        .calibrate = nothing,
        .make = [](const Parameters& parameters, std::uint64_t seed,
                   const Surroundings&) -> std::unique_ptr<Scenario> {
          return std::make_unique<Startup>(
              seed,
              static_cast<std::size_t>(parameters.integer("touched-mib")));
        },
        .workers = "1,2,4,8,16,32,64",
        .most_cores = true,
        .jobs = 64,
    }},
};

}  // namespace
}  // namespace bench
