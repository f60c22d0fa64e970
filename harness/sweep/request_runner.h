// RequestRunner: servers and their clients. A repetition is a fresh server on
// the cell's CPUs and a fresh load generator on the others.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "harness/sweep/capacities.h"
#include "harness/sweep/hosted.h"
#include "harness/sweep/runner.h"

namespace bench {

class RequestRunner : public Runner {
 public:
  using Runner::Runner;

  void prepare(Prepared& prepared,
               const std::function<void(const std::string&)>& say) override;
  Json describe(const Prepared& prepared) const override;
  /// Finds out whether a peer is there, and of which version.
  void look(Trial& trial) override;
  /// Makes sure that the cell knows its server's capacity.
  void pilot(Trial& trial) override;
  void settle(Trial& trial) override;
  void learn(Trial& trial, const Json& entry) override;
  double pilot_seconds(const Cell& cell) const override;
  Json repeat(const Trial& trial) override;

 private:
  /// What there is of a peer; at most one of the two is not empty.
  struct Program {
    std::string version;
    std::string missing;  ///< why there is none
  };
  static Program look_for(const PeerInfo& peer);

  /// Takes what was found for the same requests under another load; false if
  /// there is nothing to take.
  bool take_over(Prepared& prepared) const;
  /// Measures for `seconds`; `rate`: of an open loop, or 0.
  Json repeat(const Trial& trial, double rate, double seconds);
  HostedServer start_server(const Trial& trial, double seconds,
                            std::uint16_t backend_port) const;
  /// Asks the server to stop; the result has failed if it had died before.
  static void stop_server(const HostedServer& server, const Cell& cell,
                          Json& result);
  /// The rate at which all models of the trial's workload are asked on as many
  /// cores: it is tried with the fastest of them, and the generator has time
  /// left.
  double common_rate(const Trial& trial);
  /// How long to measure the cell, once its rate is known.
  double seconds_of(const Trial& trial) const;

  std::map<const PeerInfo*, Program> programs_;
  /// The pilots of servers by name: capacities of closed loops, or failures.
  std::map<std::string, Json> pilots_;
  Capacities capacities_;
  std::map<std::pair<const Workload*, int>, double> rates_;  ///< by cores
};

}  // namespace bench
