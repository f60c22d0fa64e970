// Answers: memfd, fork, oracle.
#include "harness/repetition/answers.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "harness/posix/check.h"
#include "harness/posix/child.h"

namespace bench {

Answers Answers::map_with(int descriptor, std::size_t jobs, int protection) {
  const std::size_t bytes = jobs * sizeof(std::uint64_t);
  if (bytes == 0) return Answers({});
  struct stat file {};
  check(fstat(descriptor, &file), "fstat the expected answers");
  if (static_cast<std::size_t>(file.st_size) < bytes) {
    throw std::length_error("there are fewer expected answers than jobs");
  }
  void* memory = mmap(nullptr, bytes, protection, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) throw_errno("mmap the expected answers");
  return Answers({static_cast<std::uint64_t*>(memory), jobs});
}

Answers Answers::map(int descriptor, std::size_t jobs) {
  return map_with(descriptor, jobs, PROT_READ);
}

Answers::Answers(Answers&& other) noexcept
    : all_(std::exchange(other.all_, {})) {}

Answers::~Answers() {
  if (!all_.empty()) munmap(all_.data(), all_.size_bytes());
}

Fd Answers::room_for(std::size_t jobs) {
  Fd memory(check(memfd_create("answers", MFD_CLOEXEC), "memfd_create"));
  check(
      ftruncate(memory.get(), static_cast<off_t>(jobs * sizeof(std::uint64_t))),
      "ftruncate the expected answers");
  return memory;
}

void Answers::find(const Scenario& scenario, std::size_t jobs, int descriptor,
                   int workers) {
  Answers answers = map_with(descriptor, jobs, PROT_READ | PROT_WRITE);
  const auto stride = static_cast<std::size_t>(workers);
  const auto work = [&](std::size_t first) {
    for (std::size_t i = first; i < jobs; i += stride) {
      answers.all_[i] = scenario.expected(i);
    }
  };
  std::vector<Child> children;
  for (std::size_t w = 1; w < stride; ++w) {
    children.push_back(Child::fork([&, w] { work(w); }));
  }
  work(0);  // here, so that the caller learns what an oracle throws
  for (Child& child : children) child.join("the oracle");
}

}  // namespace bench
