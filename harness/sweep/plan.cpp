// Plan: expanding lists, checking them, dropping doubles.
#include "harness/sweep/plan.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "harness/core/registry.h"
#include "harness/sweep/cells_of.h"
#include "harness/sweep/choices.h"
#include "harness/sweep/controls.h"
#include "harness/sweep/placement.h"

namespace bench {
namespace {

/// --workers: "auto", "tune" or numbers.
void read_workers(const std::string& text, SizingRequest& sizing) {
  sizing.workers.clear();
  sizing.tune = text == "tune";
  if (sizing.tune || text == "auto") return;
  const auto most = static_cast<int>(kMostWorkers);
  try {
    for (const int count : numbers("--workers", text, 1, most)) {
      sizing.workers.push_back(static_cast<std::uint32_t>(count));
    }
  } catch (const std::invalid_argument&) {
    throw std::invalid_argument(
        "--workers takes auto, tune, or whole numbers from 1 to " +
        std::to_string(most) + " as in 1,2 or 1..4, got '" + text + "'");
  }
}

/// The in-flight limits of a workload; one that is empty if there is none.
std::vector<std::optional<std::uint32_t>> limits(const Request& request,
                                                 const Workload& workload) {
  if (workload.serves()) return {workload.traffic.connections};
  const ScenarioInfo& scenario = *workload.scenario;
  const std::string& text =
      request.in_flight.empty() ? scenario.in_flight : request.in_flight;
  if (text.empty()) return {std::nullopt};
  std::vector<std::optional<std::uint32_t>> all;
  for (const int count :
       numbers("--in-flight", text, 1, static_cast<int>(kMostInFlight))) {
    all.push_back(static_cast<std::uint32_t>(count));
  }
  if (request.overview || request.twins) all = {all[all.size() / 2]};
  return all;
}

/// --cores for cells that have others beside them, or have not.
std::vector<int> core_counts(const Request& request, const Cpus& cpus,
                             bool with_others) {
  if (request.cores != "auto") {
    return numbers("--cores", request.cores, 1, cpus.effective_cores());
  }
  return request.overview ? end_cores(cpus, with_others)
                          : auto_cores(cpus, with_others);
}

/// Expands one request, cell by cell.
class Planner {
 public:
  Planner(const Request& request, const Cpus& cpus, Plan& plan)
      : request_(request),
        plan_(plan),
        asked_(request.parameters),
        cpus_(cpus) {
    for (const auto& [name, values] : request.parameters) unused_.insert(name);
    asked_.emplace("connections", Values::mapped_type{connections_text()});
    if (!request.in_flight.empty()) unused_.insert("in-flight");
    if (request.jobs > 0) unused_.insert("jobs");
    if (!request.peers.empty()) {
      peers_ = find_peers("--peers", request.peers);
      unused_.insert("peers");
    }
    sizing_.max_workers = request.max_workers;
    read_workers(request.workers, sizing_);  // refuses nonsense in any case
  }

  void add_all() {
    models_ = find_models("--model", request_.models);
    const auto scenarios = find_scenarios("--scenario", request_.scenarios);
    with_primitives_ = std::any_of(
        scenarios.begin(), scenarios.end(), [](const ScenarioInfo* one) {
          return Workload{.scenario = one}.kind() == Workload::Kind::floor;
        });
    for (const ScenarioInfo* scenario : scenarios) {
      for (const Parameters& parameters :
           combinations(scenario->parameters, asked_, unused_)) {
        add(*scenario, parameters);
      }
    }
    if (!unused_.empty()) {
      throw std::invalid_argument("--" + *unused_.begin() +
                                  " belongs to no selected scenario or model; "
                                  "./bench list shows what each one takes");
    }
  }

 private:
  void add(const ScenarioInfo& scenario, const Parameters& parameters) {
    Workload& workload = plan_.workloads.emplace_back();
    workload.scenario = &scenario;
    workload.parameters = parameters;
    workload.place = plan_.workloads.size() - 1;
    if (scenario.demand) workload.demand = scenario.demand(parameters);
    if (scenario.needs) workload.needs = scenario.needs(parameters);
    if (scenario.traffic) workload.traffic = scenario.traffic(parameters);
    if (scenario.fault) workload.fault = scenario.fault(parameters);
    const bool serves = workload.serves();
    const bool floors_only = workload.kind() == Workload::Kind::floor;
    const bool own = request_.workers == "auto" && !scenario.workers.empty();
    read_workers(own ? scenario.workers : request_.workers, sizing_);
    sizing_.demand = workload.demand;
    sizing_.requests = serves;
    sizing_.least_workers = scenario.least_workers;
    sizing_.idle = workload.traffic.idle_connections;
    cores_ = core_counts(request_, cpus_, workload.has_company());
    if (request_.cores == "auto" && scenario.most_cores) {
      cores_ = {cores_.back()};
    }
    if (request_.cores == "auto" && workload.has_company()) {
      const std::string kept = describe_kept_cores(cpus_);
      if (!kept.empty()) note(scenario.id + ": " + kept);
    }
    for (const char* name : {"in-flight", "jobs"}) {
      if (!serves) unused_.erase(name);
    }
    seen_.clear();
    for (const ModelInfo* model : models_) {
      const bool can = serves ? model->serves != ModelInfo::Serves::nobody
                              : model->runs || floors_only;
      if (!can) continue;
      const auto choices =
          choices_of(*model, workload, request_.parameters, unused_);
      for (const int cores : cores_) {
        if (is_left_out(workload, cores)) continue;
        sizing_.cores = cores;
        for (const auto& limit : limits(request_, workload)) {
          sizing_.limit = limit;
          if (!serves) add_floors(workload, *model);
          if (floors_only) continue;
          for (const Parameters& choice : choices) {
            add_model(workload, *model, choice);
          }
        }
      }
    }
    if (leave_out_single_clients(workload, plan_.cells)) {
      note(scenario.id + ": who has one client is in no open loop at one rate");
    }
    add_controls(workload, request_, cores_, plan_);
    if (serves && !request_.twins) add_peers(workload);
  }

  /// An open loop shows how long clients wait, and a generator that must wait
  /// for a CPU itself would show that instead. Only who asks gets it.
  bool is_left_out(const Workload& workload, int cores) {
    if (!workload.traffic.open_loop() || !place(cpus_, cores).shares_cores)
      return false;
    std::string flags;
    for (const Parameter& one : workload.scenario->parameters) {
      if (!one.is_pace) continue;
      if (request_.parameters.contains(one.name) && !request_.overview) {
        return false;
      }
      flags += (flags.empty() ? "--" : " or --") + one.name;
    }
    // Nothing would be left of a scenario that has no closed loop.
    if (workload.traffic.share == 0 &&
        place(cpus_, cores_.front()).shares_cores) {
      return false;
    }
    note(workload.scenario->id + ": no open loop on " + std::to_string(cores) +
         (cores == 1 ? " core" : " cores") +
         ", where the load generator has no core of its own; " + flags +
         " asks for it");
    return true;
  }

  std::string connections_text() const {
    const std::vector<int> cores = core_counts(request_, cpus_, true);
    return std::to_string(
        connections_by_rule(*std::max_element(cores.begin(), cores.end())));
  }

  /// The same servers of other people, beside the models.
  void add_peers(Workload& workload) {
    unused_.erase("peers");
    for (const PeerInfo* peer : peers_) {
      if (!peer->command) continue;
      for (const int cores : cores_) {
        if (is_left_out(workload, cores)) continue;
        add(cell_of(workload, *peer, cores));
      }
    }
  }

  void add_model(const Workload& workload, const ModelInfo& model,
                 const Parameters& choice) {
    for (const Cell& cell : cells_of(workload, model, choice, sizing_)) {
      add(cell);
      tell(workload, model, cell.size);
    }
  }

  /// How a size came about.
  void tell(const Workload& workload, const ModelInfo& model,
            const Sizing& size) {
    const std::string id = workload.scenario->id + ": ";
    if (workload.serves() && size.in_flight < sizing_.limit.value_or(1)) {
      note(id + model.name() +
           " has one client, because it serves nobody else meanwhile");
    }
    if (size.rule) note(id + describe_rule(sizing_));
    if (workload.serves() && !model.one_worker && sizing_.workers.empty() &&
        model.serves == ModelInfo::Serves::blocking) {
      note(id + describe_connections(sizing_));
    }
  }

  void note(const std::string& sentence) {
    auto& all = plan_.sizing;
    if (std::find(all.begin(), all.end(), sentence) == all.end()) {
      all.push_back(sentence);
    }
  }

  /// True if `primitive` is measured because `model` is, or whatever is: floors
  /// are in the scenario of primitives, prices of the machine in those like it.
  /// In others it is those that do the same jobs: the one under jobs that wait,
  /// which has one thread and needs no more than the fewest cores, and plain
  /// programs if primitives were asked for.
  bool belongs(const PrimitiveInfo& primitive, const Workload& workload,
               const ModelInfo& model) const {
    if (primitive.scenario != workload.scenario->id) return false;
    if (!primitive.peer.empty() && !is_asked(primitive.peer)) return false;
    if (!primitive.cores.empty()) {
      return std::count(primitive.cores.begin(), primitive.cores.end(),
                        sizing_.cores) > 0 &&
             primitive.fits(workload.parameters);
    }
    if (workload.kind() == Workload::Kind::floor) {
      return primitive.id == model.floor;
    }
    if (!primitive.fits(workload.parameters)) return false;
    if (!primitive.beside.empty()) {
      return (with_primitives_ || workload.scenario->only_handing_out) &&
             primitive.beside == model.floor;
    }
    return primitive.id == model.waiting_floor &&
           sizing_.cores == cores_.front();
  }

  bool is_asked(const std::string& peer) const {
    return std::any_of(peers_.begin(), peers_.end(),
                       [&](const PeerInfo* one) { return one->id == peer; });
  }

  void add_floors(const Workload& workload, const ModelInfo& model) {
    for (const PrimitiveInfo& primitive : all_primitives()) {
      if (!belongs(primitive, workload, model)) continue;
      if (!primitive.peer.empty()) unused_.erase("peers");
      for (const Cell& cell : cells_of(workload, primitive, model, sizing_)) {
        add(cell);
      }
    }
  }

  void add(const Cell& cell) {
    if (seen_.insert(cell.name()).second) plan_.cells.push_back(cell);
  }

  const Request& request_;
  Plan& plan_;
  Values asked_;  ///< and what a run asks for by itself
  const Cpus& cpus_;
  std::vector<int> cores_;  ///< of the cells of a workload
  std::vector<const ModelInfo*> models_;
  std::vector<const PeerInfo*> peers_;
  bool with_primitives_ = false;  ///< they were asked for
  SizingRequest sizing_;
  std::set<std::string> unused_;
  std::set<std::string> seen_;  ///< names of the workload's cells
};

}  // namespace

Plan Plan::make(const Request& request, const Cpus& cpus) {
  Plan plan;
  Planner(request, cpus, plan).add_all();
  return plan;
}

}  // namespace bench
