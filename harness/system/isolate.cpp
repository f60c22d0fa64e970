// Isolate: start, listen, kill, reap.
#include "harness/system/isolate.h"

// glibc 2.36 forgot to give this header C linkage. [glibc bug 29453]
extern "C" {
#include <sys/pidfd.h>
}

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/clock.h"
#include "harness/posix/fd.h"
#include "harness/posix/pipe.h"
#include "harness/posix/poll.h"
#include "harness/system/process_group.h"

namespace bench {
namespace {

constexpr std::size_t kKeptOutput = 4096;

/// SIGHUP stays ignored under nohup: blocked, it would be delivered all the
/// same. SIGINT and SIGTERM always count, because a shell ignores SIGINT for
/// what a script starts in the background, and the script may still want to
/// stop it.
sigset_t interrupting_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  struct sigaction hangup {};
  sigaction(SIGHUP, nullptr, &hangup);
  if (hangup.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);
  return set;
}

/// In the forked child: becomes the fresh process. Never returns.
[[noreturn]] void become_isolated(std::vector<std::string> words,
                                  const std::vector<int>& inherited,
                                  const Pipe& report, const Pipe& output) {
  setpgid(0, 0);
  dup2(output.in.get(), STDOUT_FILENO);
  dup2(output.in.get(), STDERR_FILENO);
  fcntl(STDOUT_FILENO, F_SETFL, 0);  // people expect a blocking stdout
  keep_open_over_exec(report.in.get());
  fcntl(report.in.get(), F_SETFL, 0);
  for (const int fd : inherited) {
    if (fd >= 0) keep_open_over_exec(fd);
  }

  const std::string report_number = std::to_string(report.in.get());
  for (std::string& word : words) {
    const std::size_t place = word.find("{report}");
    if (place != std::string::npos) word.replace(place, 8, report_number);
  }
  become(kThisBinary, std::move(words));
}

/// Moves what is there from `pipe` to `text`, up to a megabyte at a time;
/// keeps the last `keep` bytes. False at the end of file.
bool drain(const Fd& pipe, std::string& text, std::size_t keep) {
  char buffer[16 * 1024];
  for (int reads = 0; reads < 64; ++reads) {
    const ssize_t got =
        retry([&] { return read(pipe.get(), buffer, sizeof buffer); });
    if (got <= 0) return got != 0;
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > keep) text.erase(0, text.size() - keep);
  }
  return true;
}

/// The children of this process, zombies too. All are read before the first
/// is reaped, because the kernel may skip one when another leaves the list.
/// [proc(5), task/TID/children; one thread, which has all children]
std::vector<pid_t> children() {
  const std::string task = std::to_string(getpid());
  const std::string path = "/proc/self/task/" + task + "/children";
  std::ifstream file(path);
  if (!file) throw_errno("open " + path);
  std::vector<pid_t> found;
  for (pid_t child; file >> child;) found.push_back(child);
  return found;
}

/// Kills and reaps every child this process still has, but for the spared:
/// descendants whose parents are gone come to us, because we are their
/// subreaper. They do so before their parent becomes a zombie, so whoever is
/// left has a parent in the list, or is in it.
void reap_everything(const std::vector<pid_t>& spared) {
  const auto is_spared = [&](pid_t child) {
    const auto is = [&](pid_t id) {
      return std::find(spared.begin(), spared.end(), id) != spared.end();
    };
    return is(child) || is(getpgid(child));
  };
  for (;;) {
    bool found = false;
    bool dying = false;
    for (const pid_t child : children()) {
      if (is_spared(child)) continue;
      found = true;
      kill(child, SIGKILL);
      if (waitpid(child, nullptr, WNOHANG) == 0) dying = true;
    }
    if (!found) return;
    if (dying) usleep(200);
  }
}

}  // namespace

Interruption::Interruption() {
  const sigset_t set = interrupting_signals();
  sigprocmask(SIG_BLOCK, &set, nullptr);
  fd_ = check(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd");
}

Interruption::~Interruption() {
  while (requested_now()) {  // a second Ctrl-C must not kill us while we save
  }
  close(fd_);
  const sigset_t set = interrupting_signals();
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

bool Interruption::requested_now() {
  signalfd_siginfo info;
  return read(fd_, &info, sizeof info) == sizeof info;
}

bool Interruption::requested() {
  if (requested_now()) requested_ = true;
  return requested_;
}

bool Interruption::wait_for(const Child& child) {
  const Fd ended(check(pidfd_open(child.pid(), 0), "pidfd_open"));
  return wait_for(ended.get(), kForever) != Woken::by_signal;
}

Interruption::Woken Interruption::wait_for(int fd, double seconds) {
  const std::int64_t started = now_ns();
  pollfd events[] = {{fd, POLLIN, 0}, {fd_, POLLIN, 0}};
  for (;;) {
    const double left = seconds - seconds_between(started, now_ns());
    if (left <= 0) return Woken::by_time;
    const int milliseconds = static_cast<int>(std::min(left * 1e3 + 1, 1e9));
    if (poll_any(events, milliseconds) <= 0) continue;
    if (requested_now()) {
      requested_ = true;
      return Woken::by_signal;
    }
    if (events[0].revents != 0) return Woken::by_descriptor;
  }
}

std::string Outcome::last_words() const {
  constexpr std::size_t kMost = 200;
  std::string text = output;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t border = text.find_last_of('\n');
  if (border != std::string::npos) text.erase(0, border + 1);
  if (text.size() > kMost) text = text.substr(0, kMost - 3) + "...";
  return text;
}

std::string Outcome::explained(const std::string& reason) const {
  const std::string said = last_words();
  if (said.empty() || reason.find(said) != std::string::npos) return reason;
  return reason + ": " + said;
}

Outcome run_isolated(const std::vector<std::string>& arguments,
                     const std::vector<int>& inherited, double deadline_seconds,
                     Interruption& interruption,
                     const std::vector<pid_t>& spared) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  Pipe report;
  Pipe output;
  const std::int64_t started = now_ns();
  Child child = Child::fork(
      [&] { become_isolated(arguments, inherited, report, output); });
  setpgid(child.pid(), child.pid());  // whoever comes first, it is done
  report.in.reset();
  output.in.reset();
  const Fd ended(check(pidfd_open(child.pid(), 0), "pidfd_open"));

  Outcome outcome;
  pollfd events[] = {{ended.get(), POLLIN, 0},
                     {interruption.fd(), POLLIN, 0},
                     {report.out.get(), POLLIN, 0},
                     {output.out.get(), POLLIN, 0}};
  constexpr std::size_t kNoLimit = ~std::size_t{0};
  while ((events[0].revents & POLLIN) == 0) {
    const double left = deadline_seconds - seconds_between(started, now_ns());
    if (left <= 0) {
      outcome.kind = Outcome::Kind::timed_out;
      break;
    }
    const int milliseconds = static_cast<int>(std::min(left * 1e3 + 1, 1e9));
    if (poll_any(events, milliseconds) < 0) continue;
    if (interruption.requested()) {
      outcome.kind = Outcome::Kind::interrupted;
      break;
    }
    // A pipe at its end stays readable: it is taken out of the list.
    if (!drain(report.out, outcome.report, kNoLimit)) events[2].fd = -1;
    if (!drain(output.out, outcome.output, kKeptOutput)) events[3].fd = -1;
  }
  kill(-child.pid(), SIGKILL);
  rusage raw{};
  check(retry([&] { return wait4(child.pid(), &outcome.status, 0, &raw); }),
        "wait4");
  outcome.usage = Usage::from(raw);
  child.disown();
  reap_everything(spared);
  drain(report.out, outcome.report, kNoLimit);
  drain(output.out, outcome.output, kKeptOutput);
  outcome.seconds = seconds_between(started, now_ns());
  return outcome;
}

}  // namespace bench
