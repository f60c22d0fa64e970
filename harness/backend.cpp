// Backend: start, watch, end. What it does in between: backend_server.cpp.
#include "harness/backend.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "harness/backend_ledger.h"
#include "harness/cpus.h"
#include "harness/posix/child.h"
#include "harness/posix/clock.h"

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr double kSecondsToListen = 10;
constexpr std::size_t kKeptWords = 200;

struct Pipe {
  Fd out;
  Fd in;
  Pipe() {
    int ends[2];
    check(pipe2(ends, O_CLOEXEC | O_NONBLOCK), "pipe2");
    out = Fd(ends[0]);
    in = Fd(ends[1]);
  }
};

/// In the forked child: what is true of the backend whoever becomes it.
void settle(const std::vector<int>& cpus, const Pipe& words) {
  setpgid(0, 0);
  if (!cpus.empty()) bind_to(cpus);
  const int nothing = check(open("/dev/null", O_RDWR), "open /dev/null");
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  if (nothing > STDERR_FILENO) ::close(nothing);
  // Nobody reads this pipe while the backend serves: it does not block.
  dup2(words.in.get(), STDERR_FILENO);
}

/// CPU seconds of a process with all its threads; of a zombie too.
double cpu_seconds_of(pid_t process) {
  clockid_t clock;
  timespec time{};
  if (clock_getcpuclockid(process, &clock) != 0) return 0;
  if (clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace

struct Backend::Process {
  std::unique_ptr<BackendLedger> ledger = std::make_unique<BackendLedger>();
  Pipe words;
  Child child{-1};
  std::uint16_t port = 0;

  ~Process() {
    const pid_t group = child.pid();
    if (group <= 0) return;
    kill(-group, SIGKILL);
    kill(group, SIGKILL);  // it may have died before it had a group
    child.wait();
    // Its children have come to us, their subreaper, before it was a zombie.
    while (retry([&] { return waitpid(-group, nullptr, 0); }) > 0) {
    }
  }

  /// "was killed by SIGSEGV", if it has ended; leaves it a zombie, so that
  /// nobody else can get its process id.
  std::optional<std::string> end() const {
    siginfo_t info{};
    const auto id = static_cast<id_t>(child.pid());
    retry(
        [&] { return waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT); });
    if (info.si_pid == 0) return std::nullopt;
    const bool exited = info.si_code == CLD_EXITED;
    return describe_wait_status(exited ? info.si_status << 8 : info.si_status);
  }

  /// The last line of what it wrote to stderr, kept for the next time.
  const std::string& last_words() {
    char buffer[512];
    for (;;) {
      const ssize_t got =
          retry([&] { return read(words.out.get(), buffer, sizeof buffer); });
      if (got <= 0) break;
      said.append(buffer, static_cast<std::size_t>(got));
    }
    while (said.ends_with('\n')) said.pop_back();
    said.erase(0, said.find_last_of('\n') + 1);
    if (said.size() > kKeptWords) said.resize(kKeptWords);
    return said;
  }

  std::string said;
};

Backend::Backend(std::unique_ptr<Process> process)
    : process_(std::move(process)) {}
Backend::Backend(Backend&&) noexcept = default;
Backend& Backend::operator=(Backend&&) noexcept = default;
Backend::~Backend() = default;

int Backend::become_this_binary(const std::vector<std::string>& words) {
  std::vector<std::string> copies = words;
  copies.insert(copies.begin(), "bench");
  std::vector<char*> arguments;
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv("/proc/self/exe", arguments.data());
  throw_errno("execv /proc/self/exe");
}

Backend Backend::start(const std::vector<int>& cpus,
                       std::uint32_t most_requests, const Body& body) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  auto process = std::make_unique<Process>();
  Pipe ready;
  process->child = Child::fork([&] {
    settle(cpus, process->words);
    fcntl(ready.in.get(), F_SETFD, 0);
    _exit(body({"__backend", std::to_string(most_requests),
                std::to_string(ready.in.get()),
                std::to_string(process->ledger->fd())}));
  });
  setpgid(process->child.pid(), process->child.pid());  // the first one counts
  process->ledger->close();
  process->words.in.reset();
  ready.in.reset();

  const std::int64_t started = now_ns();
  const auto left = [&] {
    return kSecondsToListen - seconds_between(started, now_ns());
  };
  pollfd event{ready.out.get(), POLLIN, 0};
  ssize_t got = -1;
  while (got < 0 && left() > 0) {
    poll(&event, 1, static_cast<int>(left() * 1e3) + 1);
    got = read(ready.out.get(), &process->port, sizeof process->port);
  }
  Backend backend(std::move(process));
  if (got == sizeof backend.process_->port) return backend;
  // The pipe of a process that dies ends a moment before the process does.
  while (!backend.death() && left() > 0) sleep_for(1ms);
  throw std::runtime_error(
      "the backend " + backend.death().value_or("did not listen within 10 s"));
}

std::uint16_t Backend::port() const { return process_->port; }
pid_t Backend::pid() const { return process_->child.pid(); }

std::vector<pid_t> Backend::processes() const {
  std::vector<pid_t> found;
  for (const BackendPage& page : *process_->ledger) {
    const pid_t process = page.process.load(std::memory_order_acquire);
    if (process == 0) break;
    found.push_back(process);
  }
  return found;
}

double Backend::cpu_seconds() const {
  double sum = 0;
  for (const pid_t process : processes()) sum += cpu_seconds_of(process);
  return sum;
}

BackendFigures Backend::figures() const {
  BackendFigures figures;
  for (const BackendPage& page : *process_->ledger) {
    const pid_t process = page.process.load(std::memory_order_acquire);
    if (process == 0) break;
    figures.cpu_seconds += cpu_seconds_of(process);
    for (std::size_t i = 0; i < kLatenessBuckets; ++i) {
      figures.lateness.counts[i] +=
          page.lateness[i].load(std::memory_order_relaxed);
    }
  }
  return figures;
}

std::optional<std::string> Backend::death() const {
  const std::optional<std::string> end = process_->end();
  if (!end) return std::nullopt;
  const std::string& words = process_->last_words();
  return words.empty() ? *end : *end + ": " + words;
}

BackendFigures& BackendFigures::operator-=(const BackendFigures& before) {
  cpu_seconds -= before.cpu_seconds;
  for (std::size_t i = 0; i < kLatenessBuckets; ++i) {
    lateness.counts[i] -= before.lateness.counts[i];
  }
  return *this;
}

}  // namespace bench
