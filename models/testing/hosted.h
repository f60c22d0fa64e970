// For tests of servers: a model that serves; clients are in client.h.
#pragma once

#include <dirent.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/server.h"
#include "harness/http/admin_pages.h"
#include "harness/http/connection.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/loopback.h"
#include "harness/posix/pipe.h"
#include "harness/posix/poll.h"
#include "harness/posix/shared_array.h"
#include "harness/repetition/repetition.h"
#include "harness/sweep/hosted.h"
#include "models/testing/client.h"
#include "models/testing/registry.h"

namespace bench {

/// A model that serves the routes of scenario http.
class Served {
 public:
  struct Options {
    std::uint32_t workers = 2;
    std::uint16_t backend_port = 0;
    HttpLimits limits = {};
    bool admin = false;  ///< and tells of itself; who dies is replaced
  };

  explicit Served(const ModelInfo& model) : Served(model, Options{}) {}
  Served(const ModelInfo& model, const Options& options)
      : memory_(SharedArray<WorkerCounts>::make_memory(
            Server::seats(options.workers))),
        counts_(memory_.get(), Server::seats(options.workers)) {
    Pipe ready;
    std::vector<Fd> listeners = listeners_for(0, model, options.workers);
    port_ = port_of(listeners.front().get());
    process_.emplace(Child::fork(
        [&] { serve(model, options, std::move(listeners), ready.in); }));
    ready.in.reset();
    listeners.clear();
    char byte;
    poll_for(ready.out.get(), POLLIN, std::chrono::minutes(1));
    EXPECT_EQ(read(ready.out.get(), &byte, 1), 1) << "the server is not ready";
  }

  std::uint16_t port() const { return port_; }
  pid_t pid() const { return process_->pid(); }

  /// What `count` says of each worker whose loop has connections, rising.
  template <typename Count>
  std::vector<std::uint32_t> of_workers(Count WorkerCounts::*count) const {
    std::vector<std::uint32_t> all;
    for (const WorkerCounts& one : counts_) {
      if (one.loops) all.push_back(one.*count);
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  /// Of all of them together.
  std::uint64_t received() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const WorkerCounts& one) {
                             return sum + one.received;
                           });
  }

  /// Its process first, then all that it has started.
  std::vector<pid_t> processes() const {
    std::vector<pid_t> all = {pid()};
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string id = std::to_string(all[i]);
      std::ifstream file("/proc/" + id + "/task/" + id + "/children");
      for (pid_t child; file >> child;) all.push_back(child);
    }
    return all;
  }
  void signal_all(int number) const {
    for (const pid_t one : processes()) kill(one, number);
  }

  /// Lets each of its processes open `more` files and no other.
  void limit_descriptors(rlim_t more) const {
    for (const pid_t one : processes()) {
      // Who does not wait yet may have to open something for that.
      while (state_of(one) == 'R') usleep(1000);
      const std::string folder = "/proc/" + std::to_string(one) + "/fd/";
      rlimit limit{};
      prlimit(one, RLIMIT_NOFILE, nullptr, &limit);
      limit.rlim_cur = 0;  // the kernel takes the lowest number that is free
      for (rlim_t left = more + 1; left > 0; ++limit.rlim_cur) {
        struct stat entry;
        const std::string path = folder + std::to_string(limit.rlim_cur);
        if (lstat(path.c_str(), &entry) != 0) --left;
      }
      --limit.rlim_cur;
      prlimit(one, RLIMIT_NOFILE, &limit, nullptr);
    }
  }

  /// Asks it to stop and waits for its end; the status of waitpid(2).
  int stop() {
    kill(process_->pid(), SIGTERM);
    return process_->wait();
  }
  /// Waits for its end, which it must come to by itself.
  int wait() { return process_->wait(); }

 private:
  /// As proc_pid_stat(5) has it: R runs or would, S waits.
  static char state_of(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string before;
    std::getline(file, before, ')');
    char state = 0;
    file >> state;
    return state;
  }

  void serve(const ModelInfo& model, const Options& options,
             std::vector<Fd> listeners, const Fd& tell) const {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    Order order;
    order.scenario = "http";
    order.seed = 7;
    order.parameters = defaults_of(scenario_named("http").parameters);
    order.parameters.set("size", "1000");
    order.surroundings.backend_port = options.backend_port;
    const std::unique_ptr<Service> service = scenario_named("http").service(
        order.parameters, order.seed, order.surroundings);
    const std::uint32_t workers = model.one_worker ? 1 : options.workers;
    const Fd board = Bulletin::make_memory();
    std::optional<AdminPages> admin;
    if (options.admin) {
      admin.emplace(*service, board.get(), memory_.get(), counts_.size());
    }
    const Service& all = admin ? *admin : *service;
    Server server(
        all, http_connections(all, options.limits),
        {{0}, workers, workers, defaults_of(model.parameters)},
        {.listeners = std::move(listeners),
         .ready = [&] { check(write(tell.get(), "r", 1), "say ready"); },
         .counts = memory_.get(),
         .restarts = options.admin},
        [&](const Work& work) -> std::vector<std::string> {
          return {BENCH_BINARY, "__work", to_text(order), to_text(work),
                  std::to_string(getpid())};
        });
    signal(SIGPIPE, SIG_IGN);
    stop_on_signals(server);
    model.make()->serve(server);
    // No worker outlives serve(): no child, not even a zombie, and no thread.
    if (waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD) _exit(10);
#if !defined(__SANITIZE_THREAD__)  // which has a thread of its own
    // One that was joined may stand in /proc for an instant longer: the kernel
    // wakes who waits for it, then takes it away. [set_tid_address(2)]
    constexpr int kTries = 1000;
    for (int i = 0; threads() != 1; ++i) {
      if (i == kTries) _exit(11);
      usleep(1000);
    }
#endif
  }

  static int threads() {
    DIR* const handle = opendir("/proc/self/task");
    int count = -2;  // "." and ".."
    while (readdir(handle) != nullptr) ++count;
    closedir(handle);
    return count;
  }

  const Fd memory_;
  const SharedArray<WorkerCounts> counts_;
  std::uint16_t port_ = 0;
  std::optional<Child> process_;
};

}  // namespace bench
