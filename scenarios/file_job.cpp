// The job that reads a block of a file, and that file.
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/backend/exchange.h"
#include "harness/drive/blocking.h"
#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "scenarios/random.h"
#include "scenarios/waiting_job.h"

namespace bench {
namespace {

/// Memory as O_DIRECT wants it.
struct Free {
  void operator()(std::byte* memory) const { std::free(memory); }
};
using Block = std::unique_ptr<std::byte, Free>;

Block make_block(std::size_t bytes) {
  return Block(static_cast<std::byte*>(std::aligned_alloc(kBlockGrain, bytes)));
}

class FileJob : public WaitingJob {
 public:
  FileJob(const Waiting& what, std::uint64_t key, const File& file,
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

}  // namespace

std::unique_ptr<Job> make_file_job(const Waiting& what, std::uint64_t key,
                                   const File& file,
                                   std::uint64_t number) noexcept {
  return std::make_unique<FileJob>(
      what, key, file, static_cast<std::int64_t>(number * what.bytes));
}

std::unique_ptr<File> file_for(const Waiting& what, int descriptor) {
  return std::make_unique<File>(reopened(descriptor, what.cold ? O_DIRECT : 0));
}

std::uint64_t blocks_in_file(const Waiting& what) {
  return kFileBytes / what.bytes;
}

std::uint64_t digest_of_block(const Waiting& what, std::uint64_t number) {
  return digest_of_answer(key_of_block(number), what.bytes);
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
  const std::unique_ptr<Scenario> scenario =
      make_waiting(what, 7, surroundings);
  constexpr std::size_t kJobs = 200;
  const std::int64_t start = now_ns();
  for (std::size_t i = 0; i < kJobs; ++i) drive_blocking(*scenario->job(i));
  return seconds_between(start, now_ns()) / kJobs;
}

}  // namespace bench
