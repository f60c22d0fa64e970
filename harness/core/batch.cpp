// Batch: the parts that are not on the measured path.
#include "harness/core/batch.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "harness/core/pinning.h"
#include "harness/posix/stream.h"

namespace bench {
namespace {

class CancelledJob : public Job {
 public:
  Step resume(ssize_t) noexcept override { return Step::failed(ECANCELED); }
  std::uint64_t digest() const noexcept override { return 0; }
};

}  // namespace

std::unique_ptr<Job> Batch::cancelled_job() noexcept {
  return std::make_unique<CancelledJob>();
}

Batch::Batch(const Scenario& scenario, std::size_t size, Resources resources,
             std::function<std::vector<std::string>(std::size_t)> job_command)
    : scenario_(scenario),
      resources_(std::move(resources)),
      job_command_(std::move(job_command)),
      records_(size),
      gate_(1),
      failed_(1),
      maker_(getpid()) {}

void Batch::prepare_worker() {
  place_uncounted_worker();
  prepare();
}

void Batch::prepare() {
  scenario_.prepare_worker();
  // A forked child knows the shared pages but has not mapped them: left to the
  // first write, that would cost processes 15 % of an empty job, and threads
  // nothing. [madvise(2), Linux 5.14; older kernels pay at the first write]
  if (records_.size() > 0 && getpid() != maker_) {
    madvise(records_.begin(), records_.bytes(), MADV_POPULATE_WRITE);
  }
}

void Batch::enter() {
  prepare();
  gate().enter();
}

void Batch::leave() {
  gate().leave();
  Stream::close_kept();
}

}  // namespace bench
