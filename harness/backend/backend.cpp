// Backend: start, watch, end. What it does in between: backend_server.cpp.
#include "harness/backend/backend.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "harness/backend/backend_ledger.h"
#include "harness/posix/clock.h"
#include "harness/system/process_group.h"

namespace bench {
struct Backend::Process {
  std::unique_ptr<BackendLedger> ledger;
  Listening server;
};

Backend::Backend(std::unique_ptr<Process> process)
    : process_(std::move(process)) {}
Backend::Backend(Backend&&) noexcept = default;
Backend& Backend::operator=(Backend&&) noexcept = default;
Backend::~Backend() = default;

int Backend::become_this_binary(const std::vector<std::string>& words) {
  std::vector<std::string> all = words;
  all.insert(all.begin(), "bench");
  become(kThisBinary, std::move(all));
}

Backend Backend::start(const std::vector<int>& cpus,
                       std::uint32_t most_requests, int cores,
                       const Body& body) {
  auto processes = static_cast<std::size_t>(cores + 1) / 2;
  if (!cpus.empty()) processes = std::min(processes, cpus.size());
  auto ledger = std::make_unique<BackendLedger>();
  Listening server = start_listening("the backend", cpus, [&](int ready) {
    return body({"__backend", std::to_string(most_requests),
                 std::to_string(processes), std::to_string(ready),
                 std::to_string(ledger->fd())});
  });
  ledger->close();
  return Backend(
      std::make_unique<Process>(Process{std::move(ledger), std::move(server)}));
}

std::uint16_t Backend::port() const { return process_->server.port; }
pid_t Backend::pid() const { return process_->server.group.pid(); }

std::vector<pid_t> Backend::processes() const {
  std::vector<pid_t> found;
  for (const BackendPage& page : *process_->ledger) {
    const pid_t process = page.process.load(std::memory_order_acquire);
    if (process == 0) break;
    found.push_back(process);
  }
  return found;
}

BackendFigures Backend::figures() const {
  BackendFigures figures;
  for (const BackendPage& page : *process_->ledger) {
    const pid_t process = page.process.load(std::memory_order_acquire);
    if (process == 0) break;
    figures.cpu_seconds_each.push_back(
        seconds_between(0, process_cpu_ns(process)));
    figures.connections += page.connections.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < kLatenessBuckets; ++i) {
      figures.lateness.counts[i] +=
          page.lateness[i].load(std::memory_order_relaxed);
    }
  }
  return figures;
}

void Backend::wait_for_end(double seconds) const {
  process_->server.group.wait_for_end(seconds);
}

std::optional<std::string> Backend::death() const {
  return process_->server.group.death();
}

double BackendFigures::cpu_seconds() const {
  return std::accumulate(cpu_seconds_each.begin(), cpu_seconds_each.end(), 0.0);
}

double BackendFigures::busiest_cpu_seconds() const {
  return cpu_seconds_each.empty() ? 0
                                  : *std::max_element(cpu_seconds_each.begin(),
                                                      cpu_seconds_each.end());
}

BackendFigures& BackendFigures::operator-=(const BackendFigures& before) {
  for (std::size_t i = 0; i < before.cpu_seconds_each.size(); ++i) {
    cpu_seconds_each[i] -= before.cpu_seconds_each[i];
  }
  connections -= before.connections;
  for (std::size_t i = 0; i < kLatenessBuckets; ++i) {
    lateness.counts[i] -= before.lateness.counts[i];
  }
  return *this;
}

}  // namespace bench
