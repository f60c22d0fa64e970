// Child: the owner of one child process.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>

namespace bench {

/// How a process ended: "exited with 3", "was killed by SIGSEGV".
std::string describe_wait_status(int status);

/// A forked child. If its owner dies first, the kernel kills it
/// (PR_SET_PDEATHSIG: it belongs to the forking *thread*, so fork only in the
/// main thread); if the object dies unreaped, it is killed and reaped. One
/// thread uses it at a time.
class Child {
 public:
  /// Runs `body` in a child that ends with _exit(0) when body returns, or
  /// prints what body threw and ends with _exit(1). No signal is blocked in
  /// it.
  /// REQUIRES: the process has one thread.
  static Child fork(const std::function<void()>& body);

  /// Takes over a child that somebody else started (posix_spawn).
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
  }
  ~Child();

  pid_t pid() const { return pid_; }

  /// Waits for its end; returns the status of waitpid(2).
  int wait();

  /// Somebody else has reaped it.
  void disown() { pid_ = -1; }

  /// Waits for its end; throws std::runtime_error "NAME was killed by
  /// SIGSEGV" unless it exited with 0.
  void join(const std::string& name);

 private:
  pid_t pid_ = -1;
};

/// Asks the kernel to kill this process when `parent` dies; ends the process
/// at once if `parent` is already gone. [prctl(2), PR_SET_PDEATHSIG]
void die_with_parent(pid_t parent);

}  // namespace bench
