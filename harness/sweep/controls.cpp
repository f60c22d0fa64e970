// Controls: a twin, an ideal.
#include "harness/sweep/controls.h"

#include <set>
#include <string>

#include "harness/core/registry.h"

namespace bench {
namespace {

constexpr int kFewestRounds = 5;

/// The most cores, or those that leave most to a load generator.
int cores_of_control(const Workload& workload, const std::vector<int>& cores) {
  return workload.serves() ? cores.front() : cores.back();
}

/// One model of each contest, the loop if it is there; of many lengths of jobs
/// the first.
void add_twin(const Workload& workload, int cores, Plan& plan) {
  if (workload.traffic.open_loop()) return;
  const bool once = !workload.scenario->narrowed.empty();
  const Cell* chosen = nullptr;
  std::set<std::string> models;
  for (const Cell& cell : plan.cells) {
    if (once && cell.control && cell.workload->scenario == workload.scenario) {
      return;
    }
    if (cell.workload != &workload || cell.subject.model == nullptr) continue;
    models.insert(cell.subject.name());
    if (cell.cores != cores) continue;
    if (chosen == nullptr || cell.subject.name() == "event-loop") {
      chosen = &cell;
    }
  }
  if (models.size() < 2 || chosen == nullptr) return;
  Cell twin = *chosen;
  twin.control = true;
  plan.cells.push_back(twin);
}

void keep_twins(const Workload& workload, int cores, Plan& plan) {
  std::vector<Cell> models;
  std::erase_if(plan.cells, [&](const Cell& cell) {
    if (cell.workload != &workload) return false;
    if (cell.subject.model != nullptr && cell.cores == cores &&
        !workload.traffic.open_loop()) {
      models.push_back(cell);
    }
    return true;
  });
  for (Cell& cell : models) {
    plan.cells.push_back(cell);
    cell.control = true;
    plan.cells.push_back(cell);
  }
}

void add_ideal(const Workload& workload, const std::vector<int>& cores,
               Plan& plan) {
  const ScenarioInfo& scenario = *workload.scenario;
  // A limit of jobs in flight means that they may wait. Along lengths of jobs
  // the ideal is a share of the time and the same at each.
  if (all_yardsticks().empty() || workload.kind() != Workload::Kind::batch ||
      !scenario.computing || !scenario.in_flight.empty() ||
      !scenario.narrowed.empty()) {
    return;
  }
  for (const int count : cores) {
    if (count == 1) continue;  // that would be sequential, once more
    Cell cell{.workload = &workload,
              .subject = Subject(all_yardsticks().front()),
              .cores = count};
    cell.size.workers = static_cast<std::uint32_t>(count);
    cell.size.in_flight = cell.size.workers;
    plan.cells.push_back(cell);
  }
}

}  // namespace

void add_controls(const Workload& workload, const Request& request,
                  const std::vector<int>& cores, Plan& plan) {
  const int where = cores_of_control(workload, cores);
  if (request.twins) return keep_twins(workload, where, plan);
  if (request.repetitions < kFewestRounds) return;
  add_twin(workload, where, plan);
  add_ideal(workload, cores, plan);
}

}  // namespace bench
