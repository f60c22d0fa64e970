// ProcessGroup: start, watch, end.
#include "harness/system/process_group.h"

// glibc 2.36 forgot to give this header C linkage. [glibc bug 29453]
extern "C" {
#include <sys/pidfd.h>
}

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "harness/posix/pipe.h"
#include "harness/system/cpus.h"

namespace bench {
namespace {

constexpr std::size_t kKeptWords = 200;

/// In the forked child: what is true of it whatever it becomes.
void settle(const std::vector<int>& cpus, const Pipe& words) {
  setpgid(0, 0);
  if (!cpus.empty()) bind_to(cpus);
  const int nothing = check(open("/dev/null", O_RDWR), "open /dev/null");
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  if (nothing > STDERR_FILENO) ::close(nothing);
  // Nobody reads this pipe while the group serves: it does not block.
  dup2(words.in.get(), STDERR_FILENO);
}

bool readable_within(int fd, double seconds) {
  const std::int64_t started = now_ns();
  pollfd event{fd, POLLIN, 0};
  for (;;) {
    const double left = seconds - seconds_between(started, now_ns());
    const int milliseconds = left > 0 ? static_cast<int>(left * 1e3) + 1 : 0;
    const int ready = poll(&event, 1, milliseconds);
    if (ready > 0) return true;
    if (left <= 0) return false;
  }
}

}  // namespace

ProcessGroup::ProcessGroup(Child child, Fd words)
    : child_(std::move(child)),
      end_(check(pidfd_open(child_.pid(), 0), "pidfd_open")),
      words_(std::move(words)) {}

ProcessGroup ProcessGroup::start(const std::vector<int>& cpus,
                                 const std::function<int()>& body) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  Pipe words;
  Child child = Child::fork([&] {
    settle(cpus, words);
    _exit(body());
  });
  setpgid(child.pid(), child.pid());  // whoever comes first, it is done
  return {std::move(child), std::move(words.out)};
}

ProcessGroup::~ProcessGroup() {
  if (pid() > 0) end();
}

std::optional<int> ProcessGroup::status() const {
  siginfo_t info{};
  const auto id = static_cast<id_t>(pid());
  retry([&] { return waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT); });
  if (info.si_pid == 0) return std::nullopt;
  return info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
}

std::optional<std::string> ProcessGroup::death() const {
  const std::optional<int> status = this->status();
  if (!status) return std::nullopt;
  const std::string words = last_words();
  const std::string end = describe_wait_status(*status);
  return words.empty() ? end : end + ": " + words;
}

bool ProcessGroup::wait_for_end(double seconds) const {
  return readable_within(end_.get(), seconds);
}

void ProcessGroup::read_words() const {
  char buffer[512];
  for (;;) {
    const ssize_t got =
        retry([&] { return read(words_.get(), buffer, sizeof buffer); });
    if (got == 0) silent_ = true;
    if (got <= 0) return;
    said_.append(buffer, static_cast<std::size_t>(got));
  }
}

std::string ProcessGroup::new_words() {
  read_words();
  const std::size_t end = said_.rfind('\n') + 1;  // 0 if there is none
  const std::string lines = said_.substr(0, end);
  said_.erase(0, end);
  if (silent_) words_.reset();
  if (end != 0) told_ = lines;
  return lines;
}

std::string ProcessGroup::last_words() const {
  read_words();
  std::string words = said_.empty() ? told_ : said_;
  while (words.ends_with('\n')) words.pop_back();
  words.erase(0, words.find_last_of('\n') + 1);
  if (words.size() > kKeptWords) words.resize(kKeptWords);
  return words;
}

Usage ProcessGroup::end() {
  const pid_t group = pid();
  kill(-group, SIGKILL);
  kill(group, SIGKILL);  // it may have died before it had a group
  rusage raw{};
  retry([&] { return wait4(group, nullptr, 0, &raw); });
  child_.disown();
  Usage usage = Usage::from(raw);
  // Its children have come to us, their subreaper, before it was a zombie.
  while (retry([&] { return wait4(-group, nullptr, 0, &raw); }) > 0) {
    usage += Usage::from(raw);
  }
  return usage;
}

Starting begin_listening(const std::vector<int>& cpus,
                         const std::function<int(int ready)>& body) {
  Pipe ready;
  ProcessGroup group = ProcessGroup::start(cpus, [&] {
    keep_open_over_exec(ready.in.get());
    return body(ready.in.get());
  });
  return {std::move(group), std::move(ready.out)};
}

std::optional<std::uint16_t> Starting::port() const {
  std::uint16_t port = 0;
  if (read(ready.get(), &port, sizeof port) != sizeof port) return {};
  return port;
}

Listening start_listening(const std::string& what, const std::vector<int>& cpus,
                          const std::function<int(int ready)>& body) {
  return wait_until_it_listens(what, begin_listening(cpus, body));
}

Listening wait_until_it_listens(const std::string& what, Starting starting) {
  if (readable_within(starting.ready.get(), kSecondsToListen)) {
    if (const auto port = starting.port()) {
      return {std::move(starting.group), *port};
    }
  }
  // The pipe of a process that dies ends a moment before the process does.
  starting.group.wait_for_end(1);
  throw std::runtime_error(
      what + " " +
      starting.group.death().value_or("did not listen within 10 s"));
}

void say_port(int ready, std::uint16_t port) {
  if (write(ready, &port, sizeof port) != sizeof port) {
    throw_errno("write the port");
  }
}

void become(const std::string& path, std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(path.c_str(), arguments.data());
  throw_errno("execv " + path);
}

}  // namespace bench
