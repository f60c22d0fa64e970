// Waiting: which job is which, and the parameters that scenarios share.
#include "scenarios/waiting.h"

#include <stdexcept>

#include "harness/backend/exchange.h"
#include "scenarios/kernel_time.h"
#include "scenarios/random.h"
#include "scenarios/strata.h"
#include "scenarios/waiting_job.h"

namespace bench {
namespace {

class JobForNobody : public WaitingJob {
 public:
  using WaitingJob::WaitingJob;

 private:
  Step wait(ssize_t) noexcept override { return Step::finished(); }
};

class JobForTimer : public WaitingJob {
 public:
  JobForTimer(const Waiting& what, std::uint64_t key,
              std::chrono::nanoseconds wait)
      : WaitingJob(what, key), wait_(wait) {}

 private:
  Step wait(ssize_t) noexcept override {
    if (paused_) {
      digest_ = key_;
      return Step::finished();
    }
    paused_ = true;
    return Step::pause(wait_);
  }

  const std::chrono::nanoseconds wait_;
  bool paused_ = false;
};

class WaitingScenario : public Scenario {
 public:
  WaitingScenario(const Waiting& what, std::uint64_t seed,
                  const Surroundings& surroundings)
      : what_(what), seed_(seed), port_(surroundings.backend_port) {
    if (what.who == Waiting::For::file && surroundings.file >= 0) {
      file_ = file_for(what, surroundings.file);
    }
  }

  std::unique_ptr<Job> job(std::size_t i) const noexcept override {
    const std::uint64_t key = random_of(seed_, i);
    switch (what_.who) {
      case Waiting::For::nobody:
        break;
      case Waiting::For::timer:
        return std::make_unique<JobForTimer>(what_, key, wait_of(i));
      case Waiting::For::backend:
        return make_backend_job(what_, key, wait_of(i), port_);
      case Waiting::For::file:
        return make_file_job(what_, key, *file_, block_of(i));
    }
    return std::make_unique<JobForNobody>(what_, key);
  }

  std::uint64_t expected(std::size_t i) const override {
    const std::uint64_t key = random_of(seed_, i);
    std::uint64_t digest = 0;
    if (what_.who == Waiting::For::timer) digest = key;
    if (what_.who == Waiting::For::backend) {
      digest = digest_of_answer(key, what_.bytes);
    }
    if (what_.who == Waiting::For::file) {
      digest = digest_of_block(what_, block_of(i));
    }
    if (what_.size > 0) digest += what_.kernel->oracle(key, what_.size);
    return digest;
  }

  void prepare_worker() const override { what_.kernel->run(0, 1); }

 private:
  std::chrono::nanoseconds wait_of(std::size_t i) const {
    if (what_.spread == 0) return what_.wait;
    const double aside = 2 * middle_of(stratum_of(seed_, i, 4)) - 1;
    return std::chrono::round<std::chrono::nanoseconds>(
        what_.wait * (1 + what_.spread * aside));
  }
  std::uint64_t block_of(std::size_t i) const {
    return random_of(seed_, i, 3) % blocks_in_file(what_);
  }

  const Waiting what_;
  const std::uint64_t seed_;
  const std::uint16_t port_;
  std::unique_ptr<File> file_;
};

}  // namespace

std::unique_ptr<Scenario> make_waiting(const Waiting& what, std::uint64_t seed,
                                       const Surroundings& surroundings) {
  return std::make_unique<WaitingScenario>(what, seed, surroundings);
}

double calibrate_size(Parameters& parameters, const Kernel& kernel,
                      double seconds) {
  if (!parameters.has("size") && seconds > 0) {
    const Fitted found = size_for(kernel, seconds);
    parameters.set("size", std::to_string(found.size));
    return found.seconds;
  }
  if (!parameters.has("size")) return 0;
  return seconds_of(kernel,
                    static_cast<std::uint64_t>(parameters.integer("size")));
}

Parameter spread_parameter(const std::string& fallback) {
  return number_of("wait-spread",
                   "0: all waits alike; 1: between nothing and twice the mean",
                   0, 1, fallback);
}

Parameter payload_parameter() {
  return {.name = "payload",
          .help =
              "bytes of an answer of the backend, or of a block of the file "
              "(then rounded up to 4096)",
          .kind = Parameter::Kind::integer,
          .low = 1,
          .high = 1 << 20,
          .fallback = "256"};
}

Parameter timeout_parameter() {
  return time_in(
      "ms", "timeout-ms",
      "the longest wait of a job for its backend; then it has failed", 1,
      600'000, "10000");
}

Parameter backend_keep_alive_parameter() {
  return word_of(
      "keep-alive",
      "yes: connections to the backend serve job after job; no: each "
      "job opens its own",
      {"yes", "no"}, "yes");
}

bool keeps_alive(const Parameters& parameters) {
  if (parameters.word("keep-alive") == "yes") return true;
  if (parameters.word("wait") != "backend") {
    throw std::invalid_argument(
        "--keep-alive=no goes with --wait=backend, got --wait=" +
        parameters.word("wait"));
  }
  return false;
}

Parameter size_parameter() {
  return whole_number("size", "work of a job in iterations", 1, 1e12, "")
      .by_calibration();
}

}  // namespace bench
