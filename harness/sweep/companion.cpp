// Companion: the backend beside a repetition, if its jobs need one.
#include "harness/sweep/companion.h"

namespace bench {

Companion::Companion(const Cell& cell, const std::vector<int>& cpus) {
  if (!cell.workload->needs.backend) return;
  backend_ = Backend::start(cpus, cell.size.in_flight, cell.cores);
  before_ = backend_->figures();
}

std::uint16_t Companion::port() const {
  return backend_ ? backend_->port() : 0;
}

std::vector<pid_t> Companion::processes() const {
  return backend_ ? backend_->processes() : std::vector<pid_t>();
}

void Companion::report(Json& result) const {
  if (!backend_) return;
  // Whoever is killed closes its connections before anybody can see that it has
  // died: jobs may fail, and be told to have failed, in between.
  constexpr double kMoment = 0.5;  // seconds
  if (result.contains("errnos")) backend_->wait_for_end(kMoment);
  if (const std::optional<std::string> death = backend_->death()) {
    if (result.at("status") == "ok") result["status"] = "failed";
    const std::string reason = result.value("reason", std::string());
    result["reason"] =
        "the backend " + *death + (reason.empty() ? "" : "; " + reason);
  }
  BackendFigures spent = backend_->figures();
  spent -= before_;
  result["backend_cpu_seconds"] = spent.cpu_seconds();
  if (const double wall = result.value("work_seconds", 0.0); wall > 0) {
    result["backend_cpu_share"] = spent.busiest_cpu_seconds() / wall;
  }
  result["backend_processes"] = spent.cpu_seconds_each.size();
  result["backend_connections"] = spent.connections;
  result["backend_late_p99_seconds"] = or_null(spent.late_p99_seconds());
}

}  // namespace bench
