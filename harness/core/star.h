// Star: messages between the processes of a server, all by way of its main one.
//
// LESSON: a star, no mesh. Who dies and is replaced has one line, to the main
// process, which forks it; between each two workers there would be W times as
// many, and every restart would have to be told to all. The price is a second
// hop, and a main process that must never wait.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "harness/core/mailbox.h"
#include "harness/core/worker_counts.h"
#include "harness/posix/child.h"
#include "harness/posix/fd.h"
#include "harness/posix/shared_array.h"

namespace bench {

/// Made by the main process before its first fork; each worker that fork()
/// starts has the other end of a line. What is sent by one process to another
/// comes in that order, never twice, and unless it is
///   refused   by the sender itself, who is told so: too many wait in it;
///   dropped   by the main process: too many wait for the receiver, so that
///             the oldest is forgotten, or the receiver ended before it read
///             it, or there is none.
/// All that a process had given to the kernel when it ended is delivered. A
/// successor gets what comes after its fork; what the main process had heard
/// until then is in the memory that it inherits.
///
/// All threads of a process may use it at once. Nothing here waits.
class Star {
 public:
  /// Receivers beside the workers, which are called by their numbers.
  static constexpr std::uint32_t kMain = UINT32_MAX;
  static constexpr std::uint32_t kAllOthers = UINT32_MAX - 1;

  /// Counts in `counts`, memory of so many WorkerCounts, the seats of all
  /// processes. A process has one Star at most. Throws std::system_error.
  Star(int counts, std::size_t seats);
  ~Star();
  /// The calling process's; null if it has none.
  static Star* of_this_process();

  /// From now on, here and in those who are forked, attend() gives `heard`
  /// what comes for this process. REQUIRES: the process has one thread.
  void listen(std::function<void(const Message&)> heard) {
    heard_ = std::move(heard);
  }

  /// Sends to a worker, to the main process or to all but the sender; in the
  /// main process always `yes`, but for what is too large: there it is dropped.
  Mailbox::Sent try_send(std::uint32_t to, std::uint32_t type,
                         std::string bytes);

  /// Readable when attend() has something to do; the same for the life of a
  /// process.
  int fd() const { return events_.get(); }
  /// Reads some messages, passes them on, sends what could not go before.
  void attend();

  /// Waits until `fd` is readable too. Without a star it returns at once:
  /// whoever reads from `fd` waits then.
  static void attend_until(int fd);

  /// Forks worker `worker`, which has no line yet. Throws as Child::fork()
  /// does. REQUIRES: this is the main process; it has one thread, here and
  /// below.
  Child fork(std::uint32_t worker, const std::function<void()>& body);
  /// A worker has ended. What it has sent is passed on.
  void end(std::uint32_t worker);

  /// False in a worker whose main process is gone, and in a main process
  /// without workers.
  bool has_lines() const { return !lines_.empty(); }

 private:
  using Tally = SharedArray<std::atomic<std::uint64_t>>;
  struct Line {
    Mailbox box;
    std::unique_ptr<Tally> read;  ///< so many the worker has dealt with
    pid_t process;                ///< the worker
    bool waits = false;           ///< something in `box`, for room
  };

  void add(std::uint32_t key, Line line);
  void hear(Message message, std::uint32_t key);
  void deliver(const Message& message);
  void route(const Message& message);
  Mailbox::Sent give(std::uint32_t key, const Message& message);
  void show_what_waits(std::uint32_t key, Line& line);
  void drop(std::uint64_t count, pid_t process);
  WorkerCounts* counts_of(pid_t process);

  SharedArray<WorkerCounts> counts_;
  std::function<void(const Message&)> heard_;
  std::uint32_t self_ = kMain;
  std::mutex reading_;  ///< taken before writing_, if both are
  std::mutex writing_;
  Fd events_;
  std::map<std::uint32_t, Line> lines_;  ///< a worker's: to kMain
};

}  // namespace bench
