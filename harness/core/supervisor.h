// Supervisor: keeps the worker processes of a server as many as they should be.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/processes.h"
#include "harness/core/supervision.h"
#include "harness/core/worker_counts.h"
#include "harness/posix/fd.h"
#include "harness/posix/shared_array.h"

namespace bench {

/// Carries out what Supervision says, in the process that has forked the
/// workers: it waits for their ends, starts others in their places and ends who
/// shows no life.
class Supervisor {
 public:
  /// What it sees of the server.
  struct Watch {
    int stop;     ///< readable when the server stops
    int entered;  ///< an eventfd: readable when a worker has got ready
    SharedArray<WorkerCounts>& counts;
    bool restarts;  ///< whether a worker that ends is replaced
    std::chrono::nanoseconds health = {};  ///< patience with who shows no life
    std::chrono::nanoseconds grace = {};   ///< and with who is asked to end
  };

  /// All of `workers` are ready. Both must live as long.
  Supervisor(const Watch& watch, Processes& workers);

  /// Returns when the server stops, or when a worker has ended that is not to
  /// be replaced. Throws std::runtime_error, with the reason, if worker after
  /// worker ends before it is ready. REQUIRES: the process has one thread and
  /// no loop.
  void run();

  /// The same for who has something else to do: while fd() is readable, turn()
  /// has something to do, which takes no time. It returns false where run()
  /// would return. Both throw, and require, what run() does.
  int fd() const { return events_.get(); }
  bool turn();

  /// Whether the worker in this place of `workers` is ready and to go on.
  bool serves(std::uint32_t place) const;

 private:
  /// What is in one place of `workers_`.
  struct Place {
    Supervision::Id id = 0;    ///< 0: nobody, who ended has been reaped
    std::uint32_t worker = 0;  ///< which of them it is
    Fd end = {};               ///< readable once the process has ended
    /// What it is being ended for.
    std::optional<Cause> why = {};
  };

  void obey(const Supervision::Actions& actions);
  void spawn(Supervision::Id id);
  void seat(std::uint32_t place, Supervision::Id id, std::uint32_t worker);
  /// The worker that nobody is, or nobody will be soon.
  std::uint32_t vacant() const;
  /// What it is to be replaced for, a Cause, though it serves; 0: nothing.
  std::uint8_t worn(std::uint32_t place) const;
  /// Reaps a worker, and leaves its counts to its successor if there is to be
  /// one.
  void bury(std::uint32_t place, bool succeeded);
  void leave_those_who_serve();
  void greet_who_entered();
  void look_at_counts();
  void set_timer() const;

  const Watch watch_;
  Processes& workers_;
  Supervision supervision_;
  std::vector<Place> places_;
  std::string last_end_;
  const Fd timer_;   ///< readable when it is time for the next turn()
  const Fd events_;  ///< an epoll of all that turn() looks at
};

/// The time that supervisors go by.
Supervision::Time now();

/// How long until the next tick() or, if that is sooner, until it is time to
/// look for signs of life: a tenth of `health`.
Supervision::Time until_next(const Supervision& supervision,
                             std::chrono::nanoseconds health);

/// The oldest of the last signs of life that the loops of a process have shown,
/// now_ns(); 0: it has none.
std::int64_t oldest_beat(const SharedArray<WorkerCounts>& counts,
                         pid_t process);

}  // namespace bench
