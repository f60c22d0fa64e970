// Child: fork, end, reap.
#include "harness/posix/child.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <stdexcept>

#include "harness/posix/check.h"

namespace bench {

std::string describe_wait_status(int status) {
  if (WIFSIGNALED(status)) {
    const char* name = sigabbrev_np(WTERMSIG(status));
    return "was killed by " +
           (name != nullptr ? "SIG" + std::string(name)
                            : "signal " + std::to_string(WTERMSIG(status)));
  }
  return "exited with " + std::to_string(WEXITSTATUS(status));
}

void die_with_parent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before prctl took effect.
  if (getppid() != parent) _exit(1);
}

Child Child::fork(const std::function<void()>& body) {
  // Unflushed stdio buffers would be written twice, by parent and child.
  fflush(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = check(::fork(), "fork");
  if (pid > 0) return Child(pid);
  die_with_parent(parent);
  // A signal that the parent holds back is no business of the child's.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  try {
    body();
  } catch (const std::exception& error) {
    fprintf(stderr, "%s\n", error.what());
    fflush(stderr);
    _exit(1);
  }
  // LESSON: _exit, not exit: the child must not run the parent's atexit
  // handlers or flush its buffers.
  _exit(0);
}

Child::~Child() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  retry([this] { return waitpid(pid_, nullptr, 0); });
}

int Child::wait() {
  int status = 0;
  check(retry([&] { return waitpid(pid_, &status, 0); }), "waitpid");
  pid_ = -1;
  return status;
}

void Child::join(const std::string& name) {
  const int status = wait();
  if (status == 0) return;
  throw std::runtime_error(name + " " + describe_wait_status(status));
}

}  // namespace bench
