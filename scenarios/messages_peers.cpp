// Messages of Node's and of Python's, beside ours: --peers=node,python.
//
// Their programs do what everybody's do who sends messages there, and are told
// how often. [harness/peers/node_echo.js, harness/peers/python_echo.py]
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "harness/load/consumption.h"
#include "harness/peers/peer_program.h"
#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/fd.h"
#include "harness/system/build_info.h"
#include "harness/system/process_group.h"
#include "scenarios/ping_pong.h"

namespace bench {
namespace {

/// A program that answers each line with a line.
class Program {
 public:
  explicit Program(const std::vector<std::string>& words) {
    auto [its_in, in] = pipe();
    auto [out, its_out] = pipe();
    child_ = Child::fork([&] {
      check(dup2(its_in.get(), STDIN_FILENO), "dup2");
      check(dup2(its_out.get(), STDOUT_FILENO), "dup2");
      become(words.front(), words);
    });
    in_ = std::move(in);
    out_ = std::move(out);
  }
  /// It ends at the end of its lines.
  ~Program() {
    in_.reset();
    child_.wait();
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return child_.pid(); }

  void ask(std::size_t turns) {
    const std::string line = std::to_string(turns) + "\n";
    check(write(in_.get(), line.data(), line.size()), "write");
    for (char last = 0; last != '\n';) {
      if (read(out_.get(), &last, 1) <= 0) {
        throw std::runtime_error("the other program is gone");
      }
    }
  }

 private:
  static std::pair<Fd, Fd> pipe() {
    int ends[2];
    check(pipe2(ends, O_CLOEXEC), "pipe2");
    return {Fd(ends[0]), Fd(ends[1])};
  }

  Child child_{-1};
  Fd in_;
  Fd out_;
};

std::string path_of(const std::string& program) {
  const auto found = find_program(program);
  if (!found) throw std::runtime_error(program + " is not installed");
  return *found;
}

/// `program` runs `script`, and is told to play in this `way`.
void play(benchmark::State& state, const std::string& program,
          const std::string& script, const std::string& way) {
  const std::vector<int>& cpus = primitive_task().cpus;
  Program other(
      {path_of(program), source_directory() + "/harness/peers/" + script, way,
       std::to_string(message_size()), std::to_string(message_depth()),
       std::to_string(cpus.front()), std::to_string(cpus.back())});
  // Whoever compiles while he runs has seen enough by then.
  constexpr std::size_t kFirst = 2000;
  other.ask(std::max<std::size_t>(1, kFirst / (1 + message_size() / 1024)));
  Consumption before(other.pid());
  before.read_clocks();
  while (state.KeepRunningBatch(
      static_cast<benchmark::IterationCount>(2 * turns_of(state)))) {
    other.ask(turns_of(state));
  }
  Consumption after(other.pid());
  after.read_clocks();
  const Json used = after.since(before);
  count_usage({.user_seconds = used.at("cpu_user_seconds"),
               .system_seconds = used.at("cpu_system_seconds"),
               .voluntary_switches = used.at("voluntary_switches"),
               .involuntary_switches = used.at("involuntary_switches")});
}

PrimitiveInfo echo(std::string id, std::string summary, std::string peer,
                   const std::string& program, const std::string& script,
                   const std::string& way) {
  PrimitiveInfo found = price(
      "messages", std::move(id), std::move(summary),
      [=](benchmark::State& state) { play(state, program, script, way); },
      {1, 2}, few_at_a_time);
  found.peer = std::move(peer);
  return found;
}

PrimitiveInfo node(std::string id, const std::string& summary,
                   const std::string& way) {
  return echo(std::move(id), "Node: a string to " + summary, "node", "node",
              "node_echo.js", way);
}

PrimitiveInfo python(std::string id, const std::string& summary,
                     const std::string& way) {
  return echo(std::move(id), "Python: bytes to " + summary, "python", "python3",
              "python_echo.py", way);
}

const RegisterPrimitive registered[] = {
    RegisterPrimitive{
        node("thread-node", "a thread of worker_threads", "worker_threads")},
    RegisterPrimitive{
        node("process-node", "a process of child_process", "child_process")},
    RegisterPrimitive{python("thread-python-pool",
                             "a pool of threads of concurrent.futures",
                             "threads")},
    RegisterPrimitive{python("process-python-pool",
                             "a pool of processes of concurrent.futures",
                             "processes")},
    RegisterPrimitive{python("process-python-pipe",
                             "a process of multiprocessing, by a Pipe",
                             "pipe")},
};

}  // namespace
}  // namespace bench
