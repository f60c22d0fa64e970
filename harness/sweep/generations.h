// Generations: a server that lives longer than its processes.
//
// A generation is a server process with all its workers. The sockets belong to
// us: each generation listens to the same ones, so that one can follow another
// and no client is refused in between. That is why a single loop or a pool of
// threads is restarted and reloaded just as prefork is.
#pragma once

#include <signal.h>

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/supervision.h"
#include "harness/posix/shared_array.h"
#include "harness/sweep/herald.h"
#include "harness/sweep/hosted.h"

namespace bench {

/// One thread uses it, the only one of its process.
class Generations {
 public:
  struct Rules {
    std::chrono::nanoseconds grace;   ///< from a stop to its last answer
    std::chrono::nanoseconds health;  ///< patience with who shows no life
    Herald::Log log = Herald::Log::plain;
    bool admin = true;  ///< whether the server tells of itself
    /// Who is over them is replaced: the process alone, if its server can do
    /// that, else all of the generation.
    Board::Limits limits = {};
  };

  /// What the next generation is to be like. Throws std::exception.
  using Configure = std::function<ServeOrder()>;

  /// From now on signals wait for run().
  Generations(const std::string& model, std::vector<Fd> listeners, Rules rules);
  ~Generations();

  /// Keeps a server running until SIGTERM or SIGINT, and returns when the last
  /// answer has been given. `ready` is called when the first generation serves.
  /// SIGHUP calls `configure` and starts a generation that is to replace the
  /// one that serves; SIGTTIN and SIGTTOU do so with one worker more or less.
  /// SIGUSR1 writes a line for each process to stderr, as each event is one.
  /// Throws std::runtime_error if no generation gets ready, if a stop took
  /// longer than the grace and half a second, or if there was a second one.
  void run(const ServeOrder& first, const Configure& configure,
           const std::function<void()>& ready);

 private:
  struct Generation {
    Supervision::Id id;
    std::uint32_t number;
    std::unique_ptr<SharedArray<WorkerCounts>> counts;
    Starting process;
    bool ready = false;
    std::int64_t since = 0;  ///< of its start, now_ns()
    bool aborted = false;    ///< before anybody asked it to stop
  };

  void obey(const Supervision::Actions& actions);
  void spawn(Supervision::Id id, std::uint32_t number);
  void wait();
  void take_signals(const Configure& configure);
  void change(const std::string& why, const Configure& configure);
  void stop();
  void greet(Generation& one);
  void look_at(Generation& one);
  std::vector<Board::Seen> seen() const;
  void look();
  void follow(const Board::Passed& limit);
  ServeOrder with_workers(std::int64_t more) const;

  /// The path of the program that a generation becomes.
  std::string program() const;

  const std::vector<Fd> listeners_;
  const Rules rules_;
  const std::string began_as_;  ///< the path of this program at its start
  const bool survives_hangup_;
  Supervision supervision_;
  sigset_t signals_;
  sigset_t before_;
  Fd incoming_;
  std::map<std::uint32_t, ServeOrder> orders_;  ///< of generations
  std::uint32_t serving_ = 1;                   ///< the last that got ready
  ServeOrder next_;  ///< of the next one that nobody has ordered yet
  std::list<Generation> generations_;
  std::function<void()> first_ready_;
  std::int64_t asked_at_ = 0;  ///< to stop, now_ns(); 0: not yet
  std::string trouble_;        ///< why the end is no good one
  Herald herald_;
  std::int64_t next_look_ = 0;  ///< now_ns()
  std::uint32_t limited_ = 0;   ///< the generation that was over a limit
};

}  // namespace bench
