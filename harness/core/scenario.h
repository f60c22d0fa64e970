// Scenario: a workload, made of jobs that depend on (seed, i) alone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <vector>

#include "harness/core/job.h"
#include "harness/core/parameters.h"
#include "harness/core/service.h"
#include "harness/system/probe.h"

namespace bench {

/// Immutable after construction; safe to use from all threads and, copied by
/// fork, from all processes.
class Scenario {
 public:
  virtual ~Scenario() = default;

  /// Makes job i; two calls make equal jobs.
  virtual std::unique_ptr<Job> job(std::size_t i) const noexcept = 0;

  /// The right digest of job i, found by another road where there is one.
  virtual std::uint64_t expected(std::size_t i) const = 0;

  /// Called once by each worker before its first job: what a worker must own
  /// for itself (a fetched algorithm, a seeded generator) is made here.
  virtual void prepare_worker() const {}
};

/// What a job asks of the machine, in seconds, as its parameters say.
struct Demand {
  double wait = 0;     ///< for somebody else
  double compute = 0;  ///< of a CPU
  /// Where waiting is not known beforehand (files): the workers that blocking
  /// models get; 0: the rule decides.
  std::uint32_t readers = 0;
  double patience = 0;  ///< after which a job that waits has failed; 0: never
};

/// What clients do with the servers of a scenario of requests.
struct Traffic {
  std::uint32_t connections = 1;       ///< each of which waits for its answer
  std::uint32_t idle_connections = 0;  ///< beside them, that say nothing
  bool keep_alive = true;              ///< false: a connection per request
  /// An open loop: requests per second, or per cent of what the closed loop
  /// reaches. Both 0: the closed loop.
  double rate = 0;
  double share = 0;
  /// Whose closed loop that is: the server's own, or, so that all are asked
  /// alike, that of the model with the least or with the median capacity.
  enum class Of { own, least, median };
  Of of = Of::own;
  bool poisson = true;  ///< arrivals of an open loop; false: evenly
  double timeout = 0;   ///< seconds

  bool open_loop() const { return rate > 0 || share > 0; }
};

/// What goes wrong, on purpose, with a server that is asked.
struct Fault {
  /// A signal; 0: none. It comes to a process that serves or, if `to_root`, to
  /// the one that all others are children of.
  int signal = 0;
  bool to_root = false;
  std::string target;  ///< is asked for, once and in vain; "": nothing is
  /// A server that dies is started again, on the same sockets, and one that
  /// must be restarted on purpose is.
  bool supervised = true;
  /// Who has more is replaced, where somebody supervises; bytes, 0: any.
  std::int64_t memory = 0;
  bool other_binary = false;  ///< another file lies where the server's was
  double health = 0;  ///< patience with loops that show no life; seconds
};

/// What the harness must provide before jobs can be made.
struct Needs {
  bool backend = false;
  std::size_t file_bytes = 0;  ///< 0: no file
};

/// What the harness has provided. A process that only computes answers gets
/// none of it: jobs need it, expected() does not.
struct Surroundings {
  std::uint16_t backend_port = 0;
  int file = -1;  ///< descriptor of a file of Needs::file_bytes; not owned
};

/// Requests of one kind, as clients send them.
struct RequestKind {
  std::string target;  ///< "/cpu?us=100"
  double share = 1;    ///< of all requests
};

/// What jobs compute.
struct Computing {
  std::string name;           ///< "sqrt"
  Computation run = nullptr;  ///< nullptr: nothing to speak of
  /// A fresh process can do it at once, so that it can be done around each
  /// repetition; otherwise something like it is done there.
  bool quick = true;
};

/// How long jobs are, as measured.
struct JobLength {
  double seconds = 0;  ///< CPU time of one job, in the mean
  /// Jobs that must be taken together to have that mean: batches are cut at
  /// multiples of it.
  std::size_t period = 1;
};

/// What the harness knows of a scenario before it makes one.
struct ScenarioInfo {
  std::string id;       ///< "cpu"
  std::string summary;  ///< one line
  std::vector<Parameter> parameters;

  /// Turns wishes ("job-us") into amounts of work ("size") by measuring on
  /// the calling thread, and fills the file if there is one. Called once for
  /// each set of parameters in a run, so that all cells do the same work.
  std::function<JobLength(Parameters&, const Surroundings&)> calibrate;

  std::function<std::unique_ptr<Scenario>(const Parameters&, std::uint64_t seed,
                                          const Surroundings&)>
      make;

  /// Scenarios of requests have these three instead of `make`: what servers do
  /// with a request, what clients ask for, and how.
  std::function<std::unique_ptr<Service>(const Parameters&, std::uint64_t seed,
                                         const Surroundings&)>
      service = {};
  std::function<std::vector<RequestKind>(const Parameters&)> requests = {};
  std::function<Traffic(const Parameters&)> traffic = {};

  /// What goes wrong in the middle of a repetition. Empty: nothing.
  std::function<Fault(const Parameters&)> fault = {};
  /// Of servers in whose loops several workers share the connections, if nobody
  /// says; else as many as there are cores.
  std::uint32_t least_workers = 1;

  /// Also refuses parameters that do not go together, with
  /// std::invalid_argument. Empty: jobs ask for nothing but their compute.
  std::function<Demand(const Parameters&)> demand = {};
  std::function<Needs(const Parameters&)> needs = {};

  /// What all CPUs of a cell do while jobs are measured out on one of them, and
  /// what they are probed with. Empty: jobs compute nothing.
  std::function<Computing(const Parameters&)> computing = {};

  /// --in-flight, if nobody says: a list; "" for jobs that never wait, of which
  /// each worker has as many in flight as its model needs.
  std::string in_flight = {};
  /// --workers, if nobody says: a list; "" for what models and jobs ask for.
  std::string workers = {};
  /// Its question is about all cores: fewer are measured if somebody asks.
  bool most_cores = false;
  /// Jobs of a batch, if nobody says; 0: as many as fill --duration.
  std::size_t jobs = 0;
  /// The share of a preset's seconds that a repetition gets. Scenarios whose
  /// default plan has many cells take less.
  double pace = 1;
  /// Its question is what handing out costs: what a model has picked by
  /// measuring stands beside its first candidate. In other scenarios it does so
  /// along an axis, where one of their numbers has several values. And floors
  /// that do the same jobs stand beside the models.
  bool only_handing_out = false;
  /// The parameter that is the length of a job and the scenario's axis. Behind
  /// the rounds others follow, near the shortest jobs of which a model reaches
  /// half of what its cores can do. [harness/sweep/finer.h] "": none.
  std::string narrowed = {};

  std::string file = {};  ///< filled in at registration: "scenarios/cpu.cpp"
};

/// A static object of this type in a scenario's file is all it takes to be
/// listed, tested, run and reported.
struct RegisterScenario {
  explicit RegisterScenario(
      ScenarioInfo info,
      std::source_location where = std::source_location::current());
};

}  // namespace bench
