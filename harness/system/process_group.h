// ProcessGroup: a process that serves us, with all that it starts.
//
// The single-threaded orchestrator owns backends and servers as groups: they
// are watched through a descriptor, speak their last words on stderr, and die
// as a whole.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/posix/child.h"
#include "harness/posix/fd.h"
#include "harness/system/usage.h"

namespace bench {

/// One thread, the one that started it, uses it at a time.
class ProcessGroup {
 public:
  /// Forks a process that leads a group of its own, is bound to `cpus` (or, if
  /// there are none, where the caller may run) and has no stdin and stdout;
  /// runs `body` in it and ends it with what that returns. Throws
  /// std::system_error.
  /// REQUIRES: the caller has one thread. It becomes the subreaper of its
  /// descendants, so that no process of the group can get lost.
  static ProcessGroup start(const std::vector<int>& cpus,
                            const std::function<int()>& body);

  ProcessGroup(ProcessGroup&&) noexcept = default;
  ProcessGroup& operator=(ProcessGroup&&) noexcept = default;
  /// Kills and reaps all its processes.
  ~ProcessGroup();

  /// Its first process, and the id of the group.
  pid_t pid() const { return child_.pid(); }
  /// Readable once the first process has ended, and from then on.
  int end_fd() const { return end_.get(); }

  /// The status of waitpid(2) of the first process; empty while it lives. It
  /// stays a zombie, so that nobody else can get its process id.
  std::optional<int> status() const;
  /// The same in words: "was killed by SIGKILL", with the last line that it
  /// wrote to stderr if there is one.
  std::optional<std::string> death() const;
  /// Lines that it has written to stderr since the last call, or since its
  /// start; "" if there are none.
  std::string new_words();
  /// Readable when there may be some.
  int words_fd() const { return words_.get(); }
  /// Waits at most so long for the end of the first process; true if it came.
  bool wait_for_end(double seconds) const;

  /// Kills what is left and reaps all; what the group has consumed, but for
  /// processes whose parents did not wait for them.
  Usage end();

 private:
  ProcessGroup(Child child, Fd words);
  void read_words() const;
  std::string last_words() const;

  Child child_;
  Fd end_;
  Fd words_;
  mutable std::string said_;     ///< read from words_, and not told yet
  std::string told_;             ///< the last of what was told
  mutable bool silent_ = false;  ///< there will be no more
};

/// A group that will say on which port it listens, or die.
struct Starting {
  ProcessGroup group;
  Fd ready;  ///< readable when it has done either

  /// The port; empty if it has died, or has not said it yet.
  std::optional<std::uint16_t> port() const;
};

/// Starts a group whose `body` gets a descriptor, open over exec, and writes
/// its port there (say_port) once it listens. Throws std::system_error.
Starting begin_listening(const std::vector<int>& cpus,
                         const std::function<int(int ready)>& body);

/// A group whose first process has said on which port it listens.
struct Listening {
  ProcessGroup group;
  std::uint16_t port = 0;
};

/// Waits until it listens. Throws std::runtime_error "WHAT was killed by ...",
/// with its last words, if it dies before that, or "WHAT did not listen within
/// 10 s".
Listening wait_until_it_listens(const std::string& what, Starting starting);
/// begin_listening(), then wait_until_it_listens().
Listening start_listening(const std::string& what, const std::vector<int>& cpus,
                          const std::function<int(int ready)>& body);

/// The other side: what a process that listens tells its owner.
void say_port(int ready, std::uint16_t port);

/// How long start_listening() and other starts wait, in seconds.
constexpr double kSecondsToListen = 10;

/// Becomes the program `path` with these words, the first of which is its
/// name. Throws std::system_error.
[[noreturn]] void become(const std::string& path,
                         std::vector<std::string> words);

/// The path of this binary.
inline constexpr const char* kThisBinary = "/proc/self/exe";

}  // namespace bench
