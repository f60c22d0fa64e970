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
    const auto found = asked.find(parameter.name);
    std::vector<std::string> values = {parameter.fallback};
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

std::vector<std::uint32_t> worker_counts(const Request& request, bool only_one,
                                         int cores) {
  if (only_one) return {1};
  if (request.workers == "auto") return {static_cast<std::uint32_t>(cores)};
  const auto all = numbers("--workers", request.workers, 1, 512);
  return {all.begin(), all.end()};
}

std::vector<int> core_counts(const Request& request, const Cpus& cpus) {
  const int most = cpus.effective_cores();
  if (request.cores == "auto") return doubling(most);
  return numbers("--cores", request.cores, 1, most);
}

}  // namespace

Plan Plan::make(const Request& request, const Cpus& cpus) {
  Plan plan;
  std::set<std::string> unused;
  for (const auto& [name, values] : request.parameters) unused.insert(name);
  const auto scenarios = find_scenarios("--scenario", request.scenarios);
  const auto models = find_models("--model", request.models);
  const std::vector<int> cores = core_counts(request, cpus);
  worker_counts(request, false, 1);  // refuse nonsense even if nobody asks

  for (const ScenarioInfo* scenario : scenarios) {
    for (const Parameters& parameters :
         combinations(scenario->parameters, request.parameters, unused)) {
      Workload& workload = plan.workloads.emplace_back();
      workload.scenario = scenario;
      workload.asked = workload.parameters = parameters;
      std::set<std::string> seen;
      const auto add = [&](const Cell& cell) {
        if (seen.insert(cell.name()).second) plan.cells.push_back(cell);
      };
      for (const ModelInfo* model : models) {
        const auto choices =
            combinations(model->parameters, request.parameters, unused);
        for (const int count : cores) {
          Cell cell{.workload = &workload, .cores = count};
          if (workload.native()) {
            for (const PrimitiveInfo& primitive : all_primitives()) {
              if (primitive.id != model->floor) continue;
              cell.primitive = &primitive;
              for (const auto workers :
                   worker_counts(request, primitive.one_worker, count)) {
                cell.workers = workers;
                add(cell);
              }
            }
            continue;
          }
          cell.model = model;
          for (const Parameters& choice : choices) {
            cell.model_parameters = choice;
            for (const auto workers :
                 worker_counts(request, model->one_worker, count)) {
              cell.workers = workers;
              add(cell);
            }
          }
        }
      }
    }
  }
  if (!unused.empty()) {
    throw std::invalid_argument("--" + *unused.begin() +
                                " belongs to no selected scenario or model; "
                                "./bench list shows what each one takes");
  }
  return plan;
}

double Plan::least_seconds(const Request& request) const {
  double seconds = 0;
  for (const Cell& cell : cells) {
    const double together = std::min<double>(cell.workers, cell.cores);
    seconds += request.warmup +
               request.repetitions * (request.duration / together + 0.05);
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
