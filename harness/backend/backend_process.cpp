// run_backend: the way of a fresh process to the loop of the backend.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "harness/backend/backend.h"
#include "harness/backend/backend_ledger.h"
#include "harness/backend/backend_server.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/child.h"
#include "harness/posix/descriptors.h"
#include "harness/system/process_group.h"

namespace bench {
namespace {

/// Descriptors of a process that are no connections: what it inherited, the
/// epoll, the timer, the other processes.
constexpr std::size_t kOtherDescriptors = 24;

/// The longest queue of connections that nobody has accepted yet, for each
/// listener. [listen(2)]
std::uint32_t longest_backlog() {
  std::ifstream file("/proc/sys/net/core/somaxconn");
  std::uint32_t limit = SOMAXCONN;
  file >> limit;
  return std::clamp(limit, 16U, 65535U);
}

/// One of several listeners; on any free port if `port` is 0.
Fd listener_of_many(std::uint16_t port) {
  Fd fd = listen_on(port, /*shared=*/true);
  // A connection comes with its first bytes (or after 30 s), so that it wakes
  // us up once, and the first look finds the request. Without this option it
  // works as well. [tcp(7), TCP_DEFER_ACCEPT]
  const int seconds = 30;
  setsockopt(fd.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
  return fd;
}

/// LESSON: a listener keeps at most somaxconn connections for later. Beyond
/// that a SYN is lost, and its client tries again after a whole second, or the
/// kernel falls back to SYN cookies. Jobs may be begun by the thousand before
/// the first connection is accepted, so there are as many listeners as hold
/// them all; the kernel spreads connections over them by a hash. [socket(7),
/// SO_REUSEPORT; tcp(7), tcp_syncookies]
std::uint32_t listeners_for(std::uint32_t most_requests) {
  constexpr std::uint32_t kMostListeners = 64;
  const std::uint32_t backlog = longest_backlog();
  const std::uint32_t uneven = most_requests + most_requests / 4;
  return std::clamp((uneven + backlog - 1) / backlog, 1U, kMostListeners);
}

std::vector<Fd> listen(std::size_t count) {
  std::vector<Fd> listeners;
  listeners.push_back(listener_of_many(0));
  while (listeners.size() < count) {
    listeners.push_back(listener_of_many(port_of(listeners[0].get())));
  }
  return listeners;
}

/// How many processes it takes to hold `most_requests` connections.
std::size_t processes_for(std::uint32_t most_requests, std::size_t listeners) {
  const std::size_t others = kOtherDescriptors + listeners;
  // Connections that are answered and not yet closed hold descriptors, too.
  const std::size_t limit =
      raise_descriptor_limit(rlim_t{2} * most_requests + others);
  if (limit >= most_requests + others) return 1;
  const std::size_t each = limit > others ? limit - others : 0;
  if (each == 0 || each * BackendLedger::kPages < most_requests) {
    throw std::runtime_error("a process may open " + std::to_string(limit) +
                             " files, too few to hold " +
                             std::to_string(most_requests) + " requests");
  }
  return (most_requests + each - 1) / each;
}

/// Who answers, and from which listeners.
struct Division {
  std::size_t processes = 1;
  std::size_t listeners_each = 1;
  /// All take from all listeners: where no process may hold all connections,
  /// one that is full must not keep its part of them.
  bool shared = false;

  std::size_t listeners() const {
    return shared ? listeners_each : listeners_each * processes;
  }
  std::span<const Fd> of(std::size_t process,
                         std::span<const Fd> listeners) const {
    return shared ? listeners
                  : listeners.subspan(process * listeners_each, listeners_each);
  }
};

/// Connections that last stay where they were accepted. Listeners of its own
/// give each process its part of them, by the kernel's hash; from a shared one
/// whoever is awake would take more than its part.
Division division_of(std::uint32_t most_requests, std::size_t processes) {
  const std::size_t listeners = listeners_for(most_requests);
  const std::size_t least = processes_for(most_requests, listeners + processes);
  if (least > 1) return {std::max(least, processes), listeners, true};
  return {processes, (listeners + processes - 1) / processes, false};
}

[[noreturn]] void serve(std::span<const Fd> listeners,
                        std::span<const pid_t> helpers, BackendPage& page) {
  page.process.store(getpid(), std::memory_order_release);
  BackendServer(listeners, helpers, page).run();
}

void run(std::uint32_t most_requests, std::size_t wanted, Fd ready,
         BackendLedger& ledger) {
  signal(SIGPIPE, SIG_IGN);
  // Its owner ends it. Who signals every process of a service means a drain,
  // for which requests under way still need their backend.
  signal(SIGTERM, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  use_all_descriptors();
  const Division division = division_of(
      most_requests, std::min<std::size_t>(wanted, BackendLedger::kPages));
  const std::vector<Fd> listeners = listen(division.listeners());
  std::vector<Child> helpers;
  std::vector<pid_t> helper_ids;
  for (std::size_t i = 1; i < division.processes; ++i) {
    helpers.push_back(Child::fork([&] {
      ready.reset();
      serve(division.of(i, listeners), {}, ledger[i]);
    }));
    helper_ids.push_back(helpers.back().pid());
    ledger[i].process.store(helper_ids.back(), std::memory_order_release);
  }
  ledger[0].process.store(getpid(), std::memory_order_release);
  say_port(ready.get(), port_of(listeners[0].get()));
  ready.reset();
  serve(division.of(0, listeners), helper_ids, ledger[0]);
}

}  // namespace

int run_backend(const std::vector<std::string>& words) {
  try {
    BackendLedger ledger(std::stoi(words.at(4)));
    run(static_cast<std::uint32_t>(std::stoul(words.at(1))),
        std::stoul(words.at(2)), Fd(std::stoi(words.at(3))), ledger);
    return 0;  // never reached: it serves until it is killed
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

}  // namespace bench
