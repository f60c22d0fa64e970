// Faulty: models and a scenario that break the rules, for tests only.
//
// Linked into bench_faulty, never into bench: they prove that the harness
// sees a job that was dropped, doubled or falsified, and survives one that
// crashes, hangs, or leaves a process behind.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "harness/core/model.h"
#include "harness/core/scenario.h"
#include "harness/drive/blocking.h"

namespace bench {
namespace {

constexpr std::size_t kVictim = 3;  // the job that fares badly

/// sequential, but for what happens to the victim.
class Faulty : public Model {
 public:
  void run(Batch& batch) override {
    batch.enter();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      i == kVictim ? mistreat(batch, i) : run_blocking(batch, i, 0);
    }
    batch.leave();
  }

 protected:
  virtual void mistreat(Batch& batch, std::size_t i) = 0;
};

class Drop : public Faulty {
  void mistreat(Batch&, std::size_t) override {}
};

class Double : public Faulty {
  void mistreat(Batch& batch, std::size_t i) override {
    run_blocking(batch, i, 0);
    run_blocking(batch, i, 0);
  }
};

class Falsify : public Faulty {
  void mistreat(Batch& batch, std::size_t i) override {
    batch.begin(i);
    const auto job = batch.job(i);
    drive_blocking(*job);
    batch.finish(i, 0, job->digest() ^ 1, 0);
  }
};

class Throw : public Faulty {
  void mistreat(Batch&, std::size_t) override {
    throw std::runtime_error("no luck today");
  }
};

/// Leaves a process behind that has left the group and ignores signals.
class Leak : public Faulty {
  void mistreat(Batch& batch, std::size_t i) override {
    run_blocking(batch, i, 0);
    if (fork() != 0) return;
    setsid();
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sleep(600);
    _exit(0);
  }
};

/// Prints ten megabytes before it goes on.
class Chatty : public Faulty {
  void mistreat(Batch& batch, std::size_t i) override {
    const std::string line(1023, 'x');
    for (int n = 0; n < 10 * 1024; ++n) std::puts(line.c_str());
    run_blocking(batch, i, 0);
  }
};

template <typename M>
RegisterModel variant(const char* name) {
  return RegisterModel{{.id = "faulty",
                        .variant = name,
                        .summary = "breaks a rule, for tests",
                        .make = make_model<M>,
                        .serves = ModelInfo::Serves::nobody,
                        .one_worker = true}};
}

const RegisterModel models[] = {
    variant<Drop>("drop"),   variant<Double>("double"),
    variant<Falsify>("lie"), variant<Throw>("throw"),
    variant<Leak>("leak"),   variant<Chatty>("chatty"),
};

void complain() { throw std::runtime_error("a job must not throw"); }

void have_no_luck() { throw std::runtime_error("no luck today"); }

/// A job that ends its worker, or never ends.
class FaultJob : public Job {
 public:
  FaultJob(std::size_t i, std::string how) : i_(i), how_(std::move(how)) {}

  Step resume(ssize_t) noexcept override {
    if (i_ != kVictim || how_ == "none") return Step::finished();
    if (how_ == "crash") raise(SIGSEGV);
    if (how_ == "abort") std::abort();
    if (how_ == "exit") _exit(9);
    if (how_ == "throw") complain();
    if (how_ == "spin") {
      for (volatile bool forever = true; forever;) {
      }
    }
    for (;;) pause();  // hang
  }
  std::uint64_t digest() const noexcept override { return i_ + 1; }

 private:
  const std::size_t i_;
  const std::string how_;
};

class Fault : public Scenario {
 public:
  explicit Fault(std::string how) : how_(std::move(how)) {}
  std::unique_ptr<Job> job(std::size_t i) const noexcept override {
    return std::make_unique<FaultJob>(i, how_);
  }
  std::uint64_t expected(std::size_t i) const override {
    if (how_ == "no-oracle") have_no_luck();
    return i + 1;
  }

 private:
  const std::string how_;
};

const RegisterScenario scenario{{
    .id = "fault",
    .summary = "one job of the batch crashes or hangs, or none can be made",
    .parameters = {{.name = "how",
                    .help = "what the job does, or what comes before it",
                    .kind = Parameter::Kind::word,
                    .words = {"none", "crash", "abort", "exit", "throw", "hang",
                              "spin", "no-calibration", "no-oracle"},
                    .fallback = "none"}},
    .calibrate =
        [](Parameters& parameters, const Surroundings&) {
          if (parameters.word("how") == "no-calibration") have_no_luck();
          return JobLength{1e-3};
        },
    .make = [](const Parameters& parameters, std::uint64_t,
               const Surroundings&) -> std::unique_ptr<Scenario> {
      return std::make_unique<Fault>(parameters.word("how"));
    },
}};

}  // namespace
}  // namespace bench
