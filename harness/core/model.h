// Model: who runs the jobs, and how work is handed out.
#pragma once

#include <memory>
#include <source_location>
#include <string>
#include <vector>

#include "harness/core/batch.h"
#include "harness/core/parameters.h"
#include "harness/core/server.h"

namespace bench {

/// One object serves one repetition, called by the main thread of a process
/// that has no other thread yet. No worker outlives run().
class Model {
 public:
  virtual ~Model() = default;

  /// Returns when every job of the batch is finished and every worker is
  /// gone; throws if that cannot be. Each thread and process that takes part,
  /// the caller included, calls batch.enter() before its first job and
  /// batch.leave() after its last. REQUIRES: ModelInfo::runs.
  virtual void run(Batch& batch);

  /// Serves connections until server.stop(); returns when the drain is over
  /// and every worker is gone. Each thread and process that takes part, the
  /// caller included, calls server.enter() before its first connection. Throws
  /// if a worker dies. REQUIRES: ModelInfo::serves is not nobody.
  virtual void serve(Server& server);
};

/// What the harness knows of a model before it makes one.
struct ModelInfo {
  std::string id;       ///< "thread-pool"
  std::string variant;  ///< "stealing", or "" for the model itself
  std::string summary;  ///< one line
  std::unique_ptr<Model> (*make)();

  /// What its workers are.
  enum class Unit { one_thread, threads, processes, processes_of_threads };
  Unit unit = Unit::threads;
  /// How jobs get to them: "ticket", "queue"; "": one worker has them all.
  std::string handout = {};

  /// How a waiting job waits: in a loop, beside others of the same worker, or
  /// blocking its worker. Decides how many workers and jobs in flight make
  /// sense. [harness/sweep/sizing.h]
  enum class Waits { blocking, in_loop };
  Waits waits = Waits::blocking;

  /// Who has a connection. A worker that blocks serves nobody else meanwhile:
  /// such models get a worker per connection. Where the parent's loop has them
  /// all, workers have the work of requests only.
  enum class Serves { nobody, blocking, in_loop, in_parent };
  Serves serves = waits == Waits::in_loop ? Serves::in_loop : Serves::blocking;
  /// A yardstick of the sweep: nobody chooses it, lists it or judges it.
  bool yardstick = false;
  bool runs = true;  ///< false: serve() only, there are no jobs to hand out
  bool own_listeners = false;  ///< a listening socket per worker

  /// More workers are no choice: sequential.
  bool one_worker = unit == Unit::one_thread;
  /// A worker is made for each job and counts as long as the job is there.
  bool worker_per_job = false;
  /// Computes in libuv's own pool: its workers are the pool's threads.
  bool in_uv_pool = false;
  std::string floor = {};  ///< the primitive that is its lower bound
  /// The same for jobs that wait.
  std::string waiting_floor = "epoll-client";
  int rank = 100;  ///< place in lists: when a class meets it
  std::vector<Parameter> parameters = {};

  std::string file = {};  ///< filled in at registration

  /// "thread-pool/stealing", as people type it.
  std::string name() const { return variant.empty() ? id : id + "/" + variant; }

  /// The parameter that may be kAuto; null if there is none. REQUIRES: there
  /// are not two.
  const Parameter* open_parameter() const;
};

/// The parameter of models that can hold several jobs per worker in flight.
/// Nothing waits where there is another job already, but what waits in one
/// worker is lost to the others: so it is measured how many pay.
Parameter depth_parameter();

/// The parameter of models that stand on libuv: the size of its own pool.
Parameter uv_pool_parameter();

/// A static object of this type in a model's file is all it takes to be
/// listed, tested, run and reported.
struct RegisterModel {
  explicit RegisterModel(ModelInfo info, std::source_location where =
                                             std::source_location::current());
};

/// For RegisterModel: makes a model of class M.
template <typename M>
std::unique_ptr<Model> make_model() {
  return std::make_unique<M>();
}

}  // namespace bench
