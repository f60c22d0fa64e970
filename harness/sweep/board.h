// Board: what there is to see of a server from outside.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/worker_counts.h"
#include "harness/posix/shared_array.h"

namespace bench {

/// Counts what becomes of the processes of a server and adds up what its
/// workers count, so that sums never fall, whoever dies. One thread uses it.
class Board {
 public:
  /// A generation, as whoever started it sees it.
  struct Seen {
    std::uint32_t number;
    pid_t process;
    const char* state;  ///< "starting", "serving" or "draining"
    const SharedArray<WorkerCounts>& counts;
    double up_s = 0;  ///< since its start
  };

  explicit Board(std::string model);

  /// A generation has ended, with all its processes.
  void fold(const SharedArray<WorkerCounts>& counts);
  /// One was replaced that nobody had asked to end.
  void replaced(Cause cause) { ++replaced_[static_cast<std::size_t>(cause)]; }
  /// A reload was asked for and has come to its end.
  void reloaded(bool well) { ++reloads_[well ? 0 : 1]; }

  /// /status.json: sums and workers, who read their memory and CPU time from
  /// /proc. Of very many workers the first kMostShown.
  Json look(const std::vector<Seen>& generations) const;
  static constexpr std::size_t kMostShown = 1000;

  /// What a worker may come to, and up to a tenth more requests, so that not
  /// all come to it at once. 0: whatever it likes.
  struct Limits {
    std::int64_t memory = 0;  ///< resident bytes of its process
    std::uint64_t requests = 0;
  };
  /// A limit that was passed, and by whom.
  struct Passed {
    pid_t process;
    Cause cause;
    std::string text;
  };
  /// Who of the `workers` that look() has seen in `generation` is over a limit,
  /// and has been there for a second: whoever is so sooner will be again.
  static std::vector<Passed> over(const Limits& limits, const Json& workers,
                                  std::uint32_t generation);

 private:
  /// Of workers that have ended, and of all who serve.
  struct Sums {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    std::uint64_t bytes = 0;
    std::uint64_t connections = 0;
    std::uint64_t rejected = 0;
    std::uint64_t open = 0;
    std::uint64_t queued = 0;
    std::uint64_t away = 0;
    std::uint64_t sent = 0;
    std::uint64_t refused = 0;
    std::uint64_t received = 0;
    std::uint64_t dropped = 0;
    std::array<std::uint64_t, kCauses.size()> replaced{};

    void add(const WorkerCounts& one);
  };

  const std::string model_;
  const std::int64_t since_;
  Sums ended_;
  std::array<std::uint64_t, kCauses.size()> replaced_{};
  std::array<std::uint64_t, 2> reloads_{};  ///< done, failed
};

/// /metrics: the same in the text format of Prometheus. [Exposition formats,
/// version 0.0.4]
std::string metrics_text(const Json& board);

}  // namespace bench
