// Waiting: jobs that wait for somebody, then perhaps compute.
#include "scenarios/waiting.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "harness/backend/exchange.h"
#include "harness/drive/blocking.h"
#include "harness/posix/check.h"
#include "harness/posix/file.h"
#include "scenarios/kernel_time.h"
#include "scenarios/random.h"
#include "scenarios/strata.h"

namespace bench {
namespace {

/// The frame of all these jobs: wait, digest, compute.
class WaitingJob : public Job {
 public:
  WaitingJob(const Waiting& what, std::uint64_t key) : what_(what), key_(key) {}

  Step resume(ssize_t result) noexcept final {
    if (computing_) {
      digest_ += what_.kernel->run(key_, what_.size);
      return Step::finished();
    }
    if (result < 0) return Step::failed(static_cast<int>(-result));
    const Step step = wait(result);
    if (step.kind != Step::Kind::finished || step.error != 0) return step;
    if (what_.size == 0) return step;
    computing_ = true;
    return Step::compute();
  }
  std::uint64_t digest() const noexcept final { return digest_; }

 protected:
  /// The next step of the waiting; finished when that is over.
  virtual Step wait(ssize_t result) noexcept = 0;

  const Waiting& what_;
  const std::uint64_t key_;
  std::uint64_t digest_ = 0;

 private:
  bool computing_ = false;
};

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

/// One exchange with the backend. [harness/backend/exchange.h]
class JobForBackend : public WaitingJob {
 public:
  JobForBackend(const Waiting& what, std::uint64_t key,
                std::chrono::nanoseconds wait, std::uint16_t port)
      : WaitingJob(what, key),
        port_(port),
        question_{
            key,
            static_cast<std::uint32_t>(
                std::chrono::round<std::chrono::microseconds>(wait).count()),
            what.bytes} {}

 private:
  Step wait(ssize_t result) noexcept override {
    switch (state_) {
      case State::begin:
        state_ = State::connecting;
        return Step::connect(port_, what_.patience);
      case State::connecting:
        state_ = State::writing;
        break;
      case State::writing:
        written_ += static_cast<std::size_t>(result);
        break;
      case State::reading:
        // An end before the whole answer: whoever it was, it hung up on us.
        if (result == 0) return Step::failed(ECONNABORTED);
        digest_so_far_.add({room_.get(), static_cast<std::size_t>(result)});
        read_ += static_cast<std::size_t>(result);
        break;
    }
    if (state_ == State::writing) {
      const auto bytes = std::as_bytes(std::span(&question_, 1));
      if (written_ < bytes.size()) return Step::write(bytes.subspan(written_));
      state_ = State::reading;
      room_.reset(new (std::nothrow) std::byte[room_size()]);
      if (room_ == nullptr) return Step::failed(ENOMEM);
    }
    const std::size_t left = what_.bytes - read_;
    if (left > 0) {
      return Step::read({room_.get(), std::min(left, room_size())});
    }
    digest_ = digest_so_far_.value();
    return Step::finished();
  }

  std::size_t room_size() const {
    constexpr std::size_t kMost = 64 << 10;
    return std::min<std::size_t>(what_.bytes, kMost);
  }

  enum class State : std::uint8_t { begin, connecting, writing, reading };
  State state_ = State::begin;
  const std::uint16_t port_;
  const Question question_;
  std::size_t written_ = 0;
  std::size_t read_ = 0;
  std::unique_ptr<std::byte[]> room_;
  Digest digest_so_far_;
};

/// Memory as O_DIRECT wants it.
struct Free {
  void operator()(std::byte* memory) const { std::free(memory); }
};
using Block = std::unique_ptr<std::byte, Free>;

Block make_block(std::size_t bytes) {
  return Block(static_cast<std::byte*>(std::aligned_alloc(kBlockGrain, bytes)));
}

class JobForFile : public WaitingJob {
 public:
  JobForFile(const Waiting& what, std::uint64_t key, const File& file,
             std::int64_t offset)
      : WaitingJob(what, key), file_(file), offset_(offset) {}

 private:
  Step wait(ssize_t result) noexcept override {
    if (block_ == nullptr) {
      block_ = make_block(what_.bytes);
      if (block_ == nullptr) return Step::failed(ENOMEM);
    } else if (result == 0) {
      return Step::failed(EIO);  // the file is shorter than it was made
    }
    read_ += static_cast<std::size_t>(result);
    if (read_ < what_.bytes) {
      return Step::read_file(file_, {block_.get() + read_, what_.bytes - read_},
                             offset_ + static_cast<std::int64_t>(read_));
    }
    digest_ = digest_of({block_.get(), what_.bytes});
    return Step::finished();
  }

  const File& file_;
  const std::int64_t offset_;
  std::size_t read_ = 0;
  Block block_;
};

std::uint64_t blocks_in_file(const Waiting& what) {
  return kFileBytes / what.bytes;
}

/// What block `number` of the file is made of; not the run's seed, so that one
/// file serves all.
std::uint64_t key_of_block(std::uint64_t number) {
  return random_of(1, number, 2);
}

/// The descriptor again, with other flags. [proc(5), /proc/self/fd]
Fd reopened(int descriptor, int flags) {
  const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
  // A file in memory takes O_DIRECT and reads memory all the same.
  struct statfs where {};
  if (fd >= 0 && flags != 0 && fstatfs(fd, &where) == 0 &&
      where.f_type == TMPFS_MAGIC) {
    close(fd);
    throw std::runtime_error(
        "--cold and --pool-job=file read a file on a disk, but the folder of "
        "temporary files ($TMPDIR, or /var/tmp) lies in memory; set $TMPDIR to "
        "one on a disk");
  }
  return Fd(check(fd, flags == 0 ? "open the file of --wait=file"
                                 : "open the file of --wait=file past the page "
                                   "cache (--cold)"));
}

class WaitingScenario : public Scenario {
 public:
  WaitingScenario(const Waiting& what, std::uint64_t seed,
                  const Surroundings& surroundings)
      : what_(what), seed_(seed), port_(surroundings.backend_port) {
    if (what.who == Waiting::For::file && surroundings.file >= 0) {
      file_ = std::make_unique<File>(
          reopened(surroundings.file, what.cold ? O_DIRECT : 0));
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
        return std::make_unique<JobForBackend>(what_, key, wait_of(i), port_);
      case Waiting::For::file:
        return std::make_unique<JobForFile>(
            what_, key, *file_,
            static_cast<std::int64_t>(block_of(i) * what_.bytes));
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
      digest = digest_of_answer(key_of_block(block_of(i)), what_.bytes);
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

double fill_file(const Waiting& what, const Surroundings& surroundings) {
  std::vector<std::byte> block(what.bytes);
  for (std::uint64_t number = 0; number < blocks_in_file(what); ++number) {
    fill_answer(key_of_block(number), block);
    std::size_t done = 0;
    while (done < block.size()) {
      done += static_cast<std::size_t>(
          check(retry([&] {
                  return pwrite(surroundings.file, block.data() + done,
                                block.size() - done,
                                static_cast<off_t>(number * what.bytes + done));
                }),
                "write the file of --wait=file"));
    }
  }
  check(fdatasync(surroundings.file), "write the file of --wait=file");
  const WaitingScenario scenario(what, 7, surroundings);
  constexpr std::size_t kJobs = 200;
  const std::int64_t start = now_ns();
  for (std::size_t i = 0; i < kJobs; ++i) drive_blocking(*scenario.job(i));
  return seconds_between(start, now_ns()) / kJobs;
}

double calibrate_size(Parameters& parameters, const Kernel& kernel,
                      double seconds) {
  if (!parameters.has("size") && seconds > 0) {
    parameters.set("size", std::to_string(size_for(kernel, seconds)));
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

Parameter size_parameter() {
  return whole_number("size", "work of a job in iterations", 1, 1e12, "")
      .by_calibration();
}

}  // namespace bench
