// Plan: expanding lists, checking them, dropping doubles.
#include "harness/plan.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <stdexcept>

#include "harness/registry.h"

namespace bench {
namespace {

/// Whole numbers from "1,2,4" or "1..8", each once, in rising order.
std::vector<int> numbers(const std::string& flag, const std::string& text,
                         int low, int high) {
  std::set<int> found;
  const auto number = [&](const std::string& part) {
    return static_cast<int>(parse_integer(flag, part, low, high));
  };
  for (const std::string& part : split_list(text)) {
    const std::size_t dots = part.find("..");
    if (dots == std::string::npos) {
      found.insert(number(part));
      continue;
    }
    const int from = number(part.substr(0, dots));
    const int to = number(part.substr(dots + 2));
    if (from > to) {
      throw std::invalid_argument(
          flag + " takes ranges from low to high, got '" + part + "'");
    }
    for (int i = from; i <= to; ++i) found.insert(i);
  }
  return {found.begin(), found.end()};
}

/// 1, 2, 4, ... and the last one.
std::vector<int> doubling(int last) {
  std::vector<int> all;
  for (int cores = 1; cores < last; cores *= 2) all.push_back(cores);
  all.push_back(last);
  return all;
}

using Values = std::map<std::string, std::vector<std::string>>;

/// All combinations of the values asked for `known`, defaults elsewhere.
/// Takes the names it used out of `unused`.
std::vector<Parameters> combinations(const std::vector<Parameter>& known,
                                     const Values& asked,
                                     std::set<std::string>& unused) {
  std::vector<Parameters> all(1);
  for (const Parameter& parameter : known) {
    const auto found =
        parameter.found ? asked.end() : asked.find(parameter.name);
    std::vector<std::string> values = split_list(parameter.fallback);
    if (found != asked.end()) {
      unused.erase(parameter.name);
      values.clear();
      for (const std::string& text : found->second) {
        values.push_back(parameter.checked(text));
      }
      if (!parameter.instead_of.empty() &&
          asked.contains(parameter.instead_of)) {
        throw std::invalid_argument("--" + parameter.name +
                                    " takes the place "
                                    "of --" +
                                    parameter.instead_of +
                                    "; give one of the two");
      }
    }
    std::vector<Parameters> next;
    for (const Parameters& one : all) {
      for (const std::string& value : values) {
        Parameters more = one;
        if (!value.empty()) more.set(parameter.name, value);
        if (found != asked.end() && !parameter.instead_of.empty()) {
          more.set(parameter.instead_of, "");
        }
        if (std::find(next.begin(), next.end(), more) == next.end()) {
          next.push_back(more);
        }
      }
    }
    all = std::move(next);
  }
  return all;
}

/// --workers: "auto", "tune" or numbers.
void read_workers(const Request& request, SizingRequest& sizing) {
  sizing.max_workers = request.max_workers;
  sizing.tune = request.workers == "tune";
  if (sizing.tune || request.workers == "auto") return;
  for (const int count : numbers("--workers", request.workers, 1,
                                 static_cast<int>(kMostWorkers))) {
    sizing.workers.push_back(static_cast<std::uint32_t>(count));
  }
}

/// The in-flight limits of a workload; one that is empty if there is none.
std::vector<std::optional<std::uint32_t>> limits(const Request& request,
                                                 const ScenarioInfo& scenario) {
  const std::string& text =
      request.in_flight.empty() ? scenario.in_flight : request.in_flight;
  if (text.empty()) return {std::nullopt};
  std::vector<std::optional<std::uint32_t>> all;
  for (const int count :
       numbers("--in-flight", text, 1, static_cast<int>(kMostInFlight))) {
    all.push_back(static_cast<std::uint32_t>(count));
  }
  return all;
}

std::uint32_t number_or(const Parameters& parameters, const std::string& name,
                        std::uint32_t fallback) {
  if (!parameters.has(name)) return fallback;
  return static_cast<std::uint32_t>(parameters.integer(name));
}

std::vector<int> core_counts(const Request& request, const Cpus& cpus) {
  const int most = cpus.effective_cores();
  if (request.cores == "auto") return doubling(most);
  return numbers("--cores", request.cores, 1, most);
}

/// Expands one request, cell by cell.
class Planner {
 public:
  Planner(const Request& request, const Cpus& cpus, Plan& plan)
      : request_(request), plan_(plan), cores_(core_counts(request, cpus)) {
    for (const auto& [name, values] : request.parameters) unused_.insert(name);
    read_workers(request, sizing_);  // refuses nonsense even if nobody asks
  }

  void add_all() {
    models_ = find_models("--model", request_.models);
    for (const ScenarioInfo* scenario :
         find_scenarios("--scenario", request_.scenarios)) {
      for (const Parameters& parameters :
           combinations(scenario->parameters, request_.parameters, unused_)) {
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
    workload.asked = workload.parameters = parameters;
    if (scenario.demand) workload.demand = scenario.demand(parameters);
    if (scenario.needs) workload.needs = scenario.needs(parameters);
    sizing_.demand = workload.demand;
    seen_.clear();
    for (const ModelInfo* model : models_) {
      const auto choices =
          combinations(model->parameters, request_.parameters, unused_);
      for (const int cores : cores_) {
        sizing_.cores = cores;
        for (const auto& limit : limits(request_, scenario)) {
          sizing_.limit = limit;
          add_floors(workload, *model);
          if (workload.native()) continue;
          for (const Parameters& choice : choices) {
            add_model(workload, *model, choice);
          }
        }
      }
    }
  }

  void add_model(Workload& workload, const ModelInfo& model,
                 const Parameters& choice) {
    sizing_.depth = number_or(choice, "depth", 1);
    sizing_.uv_pool = number_or(choice, "uv-pool", 0);
    Cell cell{.workload = &workload, .model = &model, .cores = sizing_.cores};
    cell.model_parameters = choice;
    // One worker that blocks has one job in flight, whatever the limit.
    const bool limited =
        !model.one_worker || model.waits == ModelInfo::Waits::in_loop;
    if (limited) cell.limit = sizing_.limit;
    for (const Sizing& size : sizes_of(model, sizing_)) {
      cell.size = size;
      add(cell);
      if (size.rule)
        note(workload.scenario->id + ": " + describe_rule(sizing_));
    }
  }

  void note(const std::string& sentence) {
    auto& all = plan_.sizing;
    if (std::find(all.begin(), all.end(), sentence) == all.end()) {
      all.push_back(sentence);
    }
  }

  /// The primitive under `model`: every one of them in the scenario of
  /// primitives, and in others the one that does the same jobs. That one needs
  /// no more than the fewest cores: it has one thread.
  void add_floors(Workload& workload, const ModelInfo& model) {
    for (const PrimitiveInfo& primitive : all_primitives()) {
      if (primitive.scenario != workload.scenario->id) continue;
      if (!workload.native() && (primitive.id != model.waiting_floor ||
                                 sizing_.cores != cores_.front() ||
                                 !primitive.fits(workload.parameters))) {
        continue;
      }
      if (workload.native() && primitive.id != model.floor) continue;
      Cell cell{.workload = &workload,
                .primitive = &primitive,
                .cores = sizing_.cores};
      if (!workload.native()) {
        cell.limit = sizing_.limit;
        cell.size.in_flight = sizing_.limit.value_or(1);
        add(cell);
        continue;
      }
      ModelInfo alike = model;
      alike.one_worker = primitive.one_worker;
      alike.in_uv_pool = false;
      SizingRequest sizing = sizing_;
      sizing.limit.reset();
      for (const Sizing& size : sizes_of(alike, sizing)) {
        cell.size = size;
        add(cell);
      }
    }
  }

  void add(const Cell& cell) {
    if (seen_.insert(cell.name()).second) plan_.cells.push_back(cell);
  }

  const Request& request_;
  Plan& plan_;
  const std::vector<int> cores_;
  std::vector<const ModelInfo*> models_;
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

double duration_of(const Request& request, const Workload& workload) {
  // At the begin and at the end of a batch not all that may be in flight are:
  // jobs that wait must do so many times before that does not matter. A batch
  // has 60 waits if they fit into three seconds, and 15 in any case.
  const double wait = workload.demand.wait;
  const double waits = std::max(15 * wait, std::min(60 * wait, 3.0));
  const double pace = request.duration_given ? 1 : workload.scenario->pace;
  return std::max(request.duration * pace, waits);
}

double Plan::least_seconds(const Request& request) const {
  double seconds = 0;
  for (const Cell& cell : cells) {
    const double duration = duration_of(request, *cell.workload);
    const double together =
        cell.workload->waits()
            ? 1
            : std::min<double>(cell.size.workers, cell.cores);
    seconds +=
        request.warmup + request.repetitions * (duration / together + 0.05);
  }
  return seconds;
}

std::vector<std::size_t> order_of_round(std::size_t cells, std::uint64_t seed,
                                        int round) {
  std::vector<std::size_t> order(cells);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 generator(seed * 1'000'003 +
                            static_cast<std::uint64_t>(round));
  // Not std::shuffle: its result may differ between standard libraries.
  for (std::size_t left = cells; left > 1; --left) {
    std::swap(order[left - 1], order[generator() % left]);
  }
  return order;
}

}  // namespace bench
