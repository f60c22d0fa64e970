// Supervisor: keeps the worker processes of a server as many as they should be.
#pragma once

#include <poll.h>

#include <chrono>
#include <cstdint>
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
    std::chrono::nanoseconds health;  ///< patience with who shows no life
  };

  /// All of `workers` are ready. Both must live as long.
  Supervisor(const Watch& watch, Processes& workers);

  /// Returns when the server stops. Throws std::runtime_error, with the reason,
  /// if worker after worker ends before it is ready. REQUIRES: the process has
  /// one thread and no loop.
  void run();

 private:
  /// What is in one place of `workers_`.
  struct Place {
    Supervision::Id id = 0;  ///< 0: nobody, who ended has been reaped
    Fd end = {};             ///< readable once the process has ended
    bool hung = false;       ///< it showed no life and is being ended
  };

  void obey(const Supervision::Actions& actions);
  void spawn(Supervision::Id id);
  Place place_of(std::uint32_t worker, Supervision::Id id) const;
  /// Reaps a worker, and leaves its counts to its successor if there is to be
  /// one.
  void bury(std::uint32_t worker, bool succeeded);
  void leave_those_who_serve();
  void greet_who_entered();
  void listen_for_life();

  const Watch watch_;
  Processes& workers_;
  Supervision supervision_;
  std::vector<Place> places_;
  std::string last_end_;
};

/// The time that supervisors go by.
Supervision::Time now();

/// Waits for one of `events`, for the next tick(), or for a tenth of `health`,
/// when it is time to look for signs of life. Throws std::system_error.
void wait_for_any(std::vector<pollfd>& events, const Supervision& supervision,
                  std::chrono::nanoseconds health);

/// The oldest of the last signs of life that the loops of a process have shown,
/// now_ns(); 0: it has none.
std::int64_t oldest_beat(const SharedArray<WorkerCounts>& counts,
                         pid_t process);

}  // namespace bench
