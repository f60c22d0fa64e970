// Server: readiness and the end.
#include "harness/core/server.h"

#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "harness/core/pinning.h"
#include "harness/core/star.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"
#include "harness/posix/clock.h"

namespace bench {
namespace {

/// Of this thread.
thread_local bool has_pulse = false;

}  // namespace

Server::Server(
    const Service& service, Connect connect, Resources resources,
    Hosting hosting,
    std::function<std::vector<std::string>(const Work&)> work_command)
    : service_(service),
      connect_(std::move(connect)),
      resources_(std::move(resources)),
      hosting_(std::move(hosting)),
      leaving_(1),
      work_command_(std::move(work_command)),
      stop_fd_(check(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      stops_(getpid()),
      connections_(1),
      next_look_(1),
      gate_(1),
      counts_(hosting_.counts, seats(resources_.workers)),
      entered_fd_(check(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      maker_(getpid()) {
  leaving_[0].store(hosting_.restarts);
  for (Fd& one : hosting_.listeners) {
    listeners_.emplace_back(std::move(one), &leaving_[0]);
  }
}

Server::~Server() { leave_seat(); }

std::unique_ptr<Job> Server::connection(Crowded crowded) const {
  WorkerCounts::add(counts().connections, 1U);
  return connect_(stopping_, std::move(crowded), counts());
}

Acceptor Server::acceptor() {
  Acceptor made(take_from(listener()), stop_fd());
  Star* const star = Star::of_this_process();
  if (star != nullptr && star->has_lines()) {
    made.attend_meanwhile(star->fd(), [star] { star->attend(); });
  }
  return made;
}

bool Server::look_is_due() {
  constexpr std::int64_t kBetween = 1'000'000;
  const std::int64_t now = now_ns();
  std::int64_t due = next_look_[0].load(std::memory_order_relaxed);
  return now >= due && next_look_[0].compare_exchange_strong(
                           due, now + kBetween, std::memory_order_relaxed);
}

void Server::promise_pulse(bool promised) { has_pulse = promised; }

bool Server::ahead() const {
  const std::uint32_t own = counts().open.load(std::memory_order_relaxed);
  // An eighth more is no reason to let a client wait.
  const std::uint32_t fair = own - std::min(own, 1 + own / 8);
  return std::any_of(counts_.begin(), counts_.end(),
                     [&](const WorkerCounts& other) {
                       return other.shares.load(std::memory_order_relaxed) &&
                              other.open.load(std::memory_order_relaxed) < fair;
                     });
}

void Server::prepare_worker() {
  place_uncounted_worker();
  service_.prepare_worker();
}

void Server::enter() {
  service_.prepare_worker();
  take_seat(counts_);
  if (has_pulse) counts().beat.store(now_ns());
  if (gate().opened()) {
    const std::uint64_t one = 1;
    std::ignore = write(entered_fd_.get(), &one, sizeof one);
    return;
  }
  gate().enter();
  if (getpid() == maker_ && gettid() == maker_) hosting_.ready();
}

void Server::stop() noexcept {
  const bool own = stops_.load() == getpid();
  // Later is too late where the process is busy; it will look again then.
  if (Listener* const door = own ? door_.load() : nullptr) door->shut();
  stopping_.store(true, std::memory_order_release);
  if (own) tell_stop();
}

/// Nobody ever reads it: it stays readable for everybody.
void Server::tell_stop() noexcept {
  const std::uint64_t one = 1;
  std::ignore = write(stop_fd_.get(), &one, sizeof one);
}

void Server::stop(const Processes& workers) noexcept {
  stop();
  for (const Child& child : workers.children()) {
    if (child.pid() > 0) kill(child.pid(), SIGTERM);
  }
}

void Server::stop_alone() noexcept {
  stop_fd_ = Fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  door_.store(nullptr);  // who comes in there is the parent's
  stops_.store(getpid());
  if (stopping()) tell_stop();  // a signal came in between
}

Supervisor Server::supervise(Processes& workers) {
  return {{.stop = stop_fd(),
           .entered = entered_fd_.get(),
           .counts = counts_,
           .restarts = hosting_.restarts,
           .health = hosting_.health,
           .grace = hosting_.grace},
          workers};
}

void Server::wait_for_stop(Processes& workers) {
  supervise(workers).run();
  stop(workers);
}

namespace {

/// For the signal handler. Children that a model forks have the same server.
Server* the_server = nullptr;
/// When this process was first asked to stop by somebody who does not only pass
/// on what it got itself, now_ns(); 0: not yet.
std::atomic<std::int64_t> asked_at{0};

void stop_or_give_up(int number, siginfo_t* from, void*) {
  const int error = errno;
  if (from->si_pid != getppid()) {
    const std::int64_t now = now_ns();
    const std::int64_t before = asked_at.load();
    if (before != 0 && now - before > kSameStop.count()) _exit(1);
    if (before == 0) asked_at.store(now);
  }
  if (number != SIGUSR2 && from->si_pid == getppid() &&
      the_server->is_made_by(getpid())) {
    the_server->expect_nobody();
  }
  the_server->stop();
  errno = error;
}

}  // namespace

void stop_on_signals(Server& server) {
  the_server = &server;
  struct sigaction action {};
  action.sa_sigaction = stop_or_give_up;
  action.sa_flags = SA_RESTART | SA_SIGINFO;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGUSR2, &action, nullptr);
  signal(SIGHUP, SIG_IGN);
  pthread_atfork(nullptr, nullptr, [] { the_server->stop_alone(); });
}

}  // namespace bench
