// fork-ipc/spawn: a new process for every job, as CGI did it.
//
// Who runs a job?   A process made for it: posix_spawn and exec of our own
//                   binary. At most W of them live at a time.
// Who waits?        The parent, for the end of any of them.
// What is shared?   Nothing, not even the program's start-up.
// What does it cost?  A process per job: memory map, linking, initialisation,
//                     exit. It pays when a job must not be trusted, or is long.
// Read before: fork_ipc.cpp. Read next: docs/add-a-model.md.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/core/model.h"
#include "harness/drive/calls.h"
#include "harness/drive/loop_server.h"
#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/fd.h"

namespace bench {
namespace {

/// A process that runs one job and writes the answer to its standard output.
struct Running {
  std::size_t i = 0;
  Child child{-1};
  Fd output;
  std::string answer;
};

class Spawn : public Model {
 public:
  void run(Batch& batch) override {
    batch.enter();
    hand_out(batch);
    batch.gate().count_short_lived(batch.workers());
    batch.leave();
  }

  void serve(Server& server) override {
    ServerLoop loop(server);
    loop.accept_from(server.listener());
    std::vector<Running> running(server.workers());
    std::vector<Loop::Watch*> outputs(server.workers());
    Calls calls(
        loop, server, 1,
        [&](std::uint32_t w, Loop::Promise promise, const Work& work) {
          running[w] = start(0, server.work_command(work));
          outputs[w] = loop.watch(running[w].output.get(), [&, w, promise] {
            if (read_some(running[w])) return;
            loop.unwatch(outputs[w]);
            calls.done(w, promise, outcome_of(std::exchange(running[w], {})));
          });
        });
    server.enter();
    loop.run();
  }

 private:
  void hand_out(Batch& batch) {
    std::vector<Running> running(batch.workers());
    std::vector<pollfd> ready(running.size(), {-1, POLLIN, 0});
    for (std::uint32_t w = 0; w < batch.workers(); ++w) {
      start_next(batch, running[w], ready[w]);
    }
    while (finished_ < batch.size()) {
      check(retry([&] { return poll(ready.data(), ready.size(), -1); }),
            "poll");
      for (std::uint32_t w = 0; w < batch.workers(); ++w) {
        if (ready[w].revents == 0 || read_some(running[w])) continue;
        running[w].child.join("the process of a job");
        if (running[w].answer.empty()) {
          throw std::runtime_error("the process of a job gave no answer");
        }
        // The digest in hexadecimal, and 0 or an errno value.
        std::size_t end = 0;
        const std::uint64_t digest = std::stoull(running[w].answer, &end, 16);
        batch.finish(running[w].i, w, digest,
                     std::stoi(running[w].answer.substr(end)));
        ++finished_;
        start_next(batch, running[w], ready[w]);
      }
    }
  }

  void start_next(Batch& batch, Running& running, pollfd& ready) {
    ready.fd = -1;  // poll(2) passes over negative descriptors
    // A job in another process cannot see that one has failed elsewhere.
    for (; batch.failed() && next_ < batch.size(); ++next_, ++finished_) {
      batch.begin(next_);
      batch.finish(next_, 0, *batch.job(next_), ECANCELED);
    }
    if (next_ == batch.size()) return;
    batch.begin(next_);
    running = start(next_, batch.job_command(next_));
    ready.fd = running.output.get();
    ++next_;
  }

  // LESSON: posix_spawn does not copy the parent's page tables as fork would;
  // what costs is the new program's own beginning and end.
  static Running start(std::size_t i, std::vector<std::string> command) {
    int ends[2];
    check(pipe2(ends, O_CLOEXEC), "pipe2");
    Fd output(ends[0]);
    const Fd input(ends[1]);

    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input.get(), STDOUT_FILENO);
    // Who stops a service by a signal to each of its processes means a drain:
    // the work under way is still to be done, and its parent ends it if not.
    posix_spawnattr_t how;
    posix_spawnattr_init(&how);
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGINT);
    posix_spawnattr_setsigmask(&how, &held);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK);
    pid_t pid = -1;
    const int error = posix_spawn(&pid, arguments[0], &actions, &how,
                                  arguments.data(), environ);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
      throw std::system_error(error, std::generic_category(), "posix_spawn");
    }
    return {i, Child(pid), std::move(output), ""};
  }

  /// False at the end of the process's output.
  static bool read_some(Running& running) {
    char text[512];
    const ssize_t got =
        retry([&] { return read(running.output.get(), text, sizeof text); });
    if (got > 0) running.answer.append(text, static_cast<std::size_t>(got));
    return got > 0;
  }

  /// What the process of a call has brought, now that its output has ended.
  static WorkResult outcome_of(Running one) {
    WorkResult result{.error = EPIPE, .answer = {}};
    if (one.child.wait() == 0 && one.answer.size() == sizeof result) {
      std::memcpy(&result, one.answer.data(), sizeof result);
    }
    return result;
  }

  std::size_t next_ = 0;
  std::size_t finished_ = 0;
};

const RegisterModel registered{{
    .id = "fork-ipc",
    .variant = "spawn",
    .summary = "a new process per job (posix_spawn and exec)",
    .make = make_model<Spawn>,
    .unit = ModelInfo::Unit::processes,
    .handout = "a new one per job",
    .serves = ModelInfo::Serves::in_parent,
    .worker_per_job = true,
    .floor = "spawn",
    .rank = 5,
}};

}  // namespace
}  // namespace bench
