// starts: what it costs to start a thread, a process or a program.
//
// fork() copies the page tables of whoever calls it, so it costs more the more
// memory he has touched; what shares his memory (a thread) or does without it
// (posix_spawn) does not. One iteration is a start, and an end that has been
// waited for, unless the summary says otherwise.
#include <pthread.h>
#include <spawn.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/proc.h"
#include "harness/posix/shared_array.h"
#include "scenarios/primitives.h"

namespace bench {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr const char* kProgram = "/bin/true";

std::size_t touched_of(const Parameters& parameters) {
  if (!parameters.has("touched-mib")) return 0;
  return static_cast<std::size_t>(parameters.integer("touched-mib")) * kMiB;
}

/// More would make the machine short of memory.
bool has_room(const Parameters& parameters) {
  struct sysinfo machine {};
  sysinfo(&machine);
  return touched_of(parameters) <= machine.totalram * machine.mem_unit / 4;
}

/// What shows in little memory needs no more: touching it takes the time.
bool has_little(const Parameters& parameters) {
  return has_room(parameters) && touched_of(parameters) <= 256 * kMiB;
}

/// A GiB of them takes seconds to get.
bool has_huge_pages(const Parameters& parameters) {
  const std::string line =
      first_line("/sys/kernel/mm/transparent_hugepage/enabled");
  return has_little(parameters) && touched_of(parameters) > 0 &&
         !line.empty() && line.find("[never]") == std::string::npos;
}

bool has_nothing(const Parameters& parameters) {
  return touched_of(parameters) == 0;
}

template <bool huge = false, typename Start>
void repeat(benchmark::State& state, Start start) {
  // Once for all attempts of Google Benchmark.
  static const Touched memory(touched_of(primitive_task().parameters), huge);
  SharedArray<Gate> gate(1);
  gate[0].enter();
  for (auto _ : state) start();
  count_usage_from(gate[0]);
}

void thread(benchmark::State& state) {
  repeat(state, [] {
    pthread_t id;
    const auto nothing = [](void*) -> void* { return nullptr; };
    if (pthread_create(&id, nullptr, nothing, nullptr) != 0) {
      throw std::runtime_error("cannot start a thread");
    }
    pthread_join(id, nullptr);
  });
}

/// A child that ends at once.
pid_t fork_one() {
  const pid_t pid = check(fork(), "fork");
  if (pid == 0) _exit(0);
  return pid;
}

/// LESSON: so long nobody is served by whoever forks: a server that saves what
/// it has in memory by forking stops for this time.
template <bool huge>
void fork_call(benchmark::State& state) {
  repeat<huge>(state, [&] {
    Child child(fork_one());
    state.PauseTiming();
    child.wait();
    state.ResumeTiming();
  });
}

void fork_whole(benchmark::State& state) {
  repeat(state, [] { Child(fork_one()).wait(); });
}

void fork_exec(benchmark::State& state) {
  repeat(state, [] {
    const pid_t pid = check(fork(), "fork");
    if (pid == 0) {
      execl(kProgram, kProgram, nullptr);
      _exit(127);
    }
    Child(pid).join(kProgram);
  });
}

void spawn(benchmark::State& state) {
  repeat(state, [] {
    std::string name = kProgram;
    char* const arguments[] = {name.data(), nullptr};
    pid_t pid = -1;
    if (posix_spawn(&pid, kProgram, nullptr, nullptr, arguments, environ) !=
        0) {
      throw std::runtime_error("cannot spawn a program");
    }
    Child(pid).join(kProgram);
  });
}

const RegisterPrimitive registered[] = {
    RegisterPrimitive{{.id = "spawn",
                       .summary = "posix_spawn and wait of /bin/true",
                       .body = spawn,
                       .one_worker = true}},
    RegisterPrimitive{
        price("starts", "thread", "a thread", thread, {1}, has_nothing)},
    RegisterPrimitive{price("starts", "fork", "a forked process", fork_whole,
                            {1}, has_little)},
    RegisterPrimitive{price("starts", "fork-call",
                            "a forked process, until fork() has returned",
                            fork_call<false>, {1}, has_room)},
    RegisterPrimitive{price("starts", "fork-call-huge",
                            "the same where memory is in huge pages",
                            fork_call<true>, {1}, has_huge_pages)},
    RegisterPrimitive{price("starts", "fork-exec",
                            "a program, by fork() and exec()", fork_exec, {1},
                            has_little)},
    RegisterPrimitive{price("starts", "posix-spawn",
                            "a program, by posix_spawn()", spawn, {1},
                            has_little)},
};

const RegisterScenario scenario{prices(
    "starts", "a new thread, process or program, by the memory of its starter",
    {whole_number("touched-mib", "memory that the starter has touched, in MiB",
                  0, 1 << 20, "0,64,256,1024")})};

}  // namespace
}  // namespace bench
