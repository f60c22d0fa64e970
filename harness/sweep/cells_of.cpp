// The cells that a model, a floor or a peer becomes in a workload.
#include "harness/sweep/cells_of.h"

#include <algorithm>

namespace bench {
namespace {

std::uint32_t number_or(const Parameters& parameters, const std::string& name,
                        std::uint32_t fallback) {
  if (!parameters.has(name)) return fallback;
  return static_cast<std::uint32_t>(parameters.integer(name));
}

/// True if what is left to the harness is measured: in scenarios whose jobs
/// never wait, so that all points of an axis are alike, and are many.
bool is_measured(const Workload& workload) {
  return workload.kind() == Workload::Kind::batch &&
         !workload.scenario->demand && workload.scenario->jobs == 0;
}

/// True if handing out is what the workload shows.
bool is_about_handing_out(const Workload& workload, const Values& asked) {
  const ScenarioInfo& scenario = *workload.scenario;
  return scenario.only_handing_out ||
         std::any_of(scenario.parameters.begin(), scenario.parameters.end(),
                     [&](const Parameter& one) {
                       const auto found = asked.find(one.name);
                       return one.kind != Parameter::Kind::word &&
                              found != asked.end() && found->second.size() > 1;
                     });
}

/// Of a model whose values are all there.
std::vector<Cell> settled(const Workload& workload, const ModelInfo& model,
                          const Parameters& own, SizingRequest& sizing) {
  sizing.depth = number_or(own, "depth", 1);
  sizing.uv_pool = number_or(own, "uv-pool", 0);
  Cell cell{.workload = &workload,
            .subject = Subject(model),
            .own_parameters = own,
            .cores = sizing.cores};
  // One worker that blocks has one job in flight, whatever the limit.
  const bool limited = workload.serves() || !model.one_worker ||
                       model.waits == ModelInfo::Waits::in_loop;
  if (limited) cell.limit = sizing.limit;
  std::vector<Cell> all;
  for (const Sizing& size : sizes_of(model, sizing)) {
    cell.size = size;
    if (workload.serves()) cell.limit = size.in_flight;
    all.push_back(cell);
  }
  return all;
}

}  // namespace

std::vector<Parameters> choices_of(const ModelInfo& model,
                                   const Workload& workload,
                                   const Values& asked,
                                   std::set<std::string>& unused) {
  std::vector<Parameters> choices =
      combinations(model.parameters, asked, unused);
  const Parameter* const open = model.open_parameter();
  if (open == nullptr) return choices;
  if (!is_measured(workload)) {
    std::vector<Parameters> different;
    for (const Parameters& one : choices) {
      Parameters first = one;
      first.set(open->name, open->candidates.front());
      const bool twice =
          one != first &&
          std::find(choices.begin(), choices.end(), first) != choices.end();
      if (one.word(open->name) != kAuto || !twice) different.push_back(one);
    }
    return different;
  }
  if (asked.contains(open->name) || !is_about_handing_out(workload, asked)) {
    return choices;
  }
  std::vector<Parameters> more;
  for (const Parameters& one : choices) {
    more.push_back(one);
    more.back().set(open->name, open->candidates.front());
    more.push_back(one);
  }
  return more;
}

std::vector<Cell> cells_of(const Workload& workload, const ModelInfo& model,
                           const Parameters& own, SizingRequest sizing) {
  const Parameter* const open = model.open_parameter();
  if (open == nullptr || own.word(open->name) != kAuto) {
    return settled(workload, model, own, sizing);
  }
  std::vector<Cell> cells;
  for (const std::string& value : open->candidates) {
    Parameters picked = own;
    picked.set(open->name, value);
    std::vector<Cell> alike = settled(workload, model, picked, sizing);
    for (Cell& cell : alike) cell.automatic = open->name;
    if (cells.empty()) cells = alike;
    if (!is_measured(workload)) break;
    // The sizes are the same but for what is in flight.
    for (std::size_t i = 0; i < cells.size(); ++i) {
      cells[i].candidates.push_back(alike[i]);
    }
  }
  return cells;
}

std::vector<Cell> cells_of(const Workload& workload,
                           const PrimitiveInfo& primitive,
                           const ModelInfo& above, SizingRequest sizing) {
  Cell cell{.workload = &workload,
            .subject = Subject(primitive),
            .cores = sizing.cores};
  if (workload.waits()) {
    cell.limit = sizing.limit;
    cell.size.in_flight = sizing.limit.value_or(1);
    return {cell};
  }
  ModelInfo alike = above;
  alike.one_worker = primitive.one_worker;
  alike.in_uv_pool = false;
  sizing.limit.reset();
  std::vector<Cell> all;
  for (const Sizing& size : sizes_of(alike, sizing)) {
    cell.size = size;
    all.push_back(cell);
  }
  return all;
}

Cell cell_of(const Workload& workload, const PeerInfo& peer, int cores) {
  Cell cell{.workload = &workload, .subject = Subject(peer), .cores = cores};
  cell.limit = workload.traffic.connections;
  cell.size.workers = peer.one_worker
                          ? 1
                          : std::max(static_cast<std::uint32_t>(cores),
                                     workload.scenario->least_workers);
  cell.size.in_flight = workload.traffic.connections;
  return cell;
}

bool leave_out_single_clients(const Workload& workload,
                              std::vector<Cell>& cells) {
  const Traffic& traffic = workload.traffic;
  if (traffic.share <= 0 || traffic.of == Traffic::Of::own) return false;
  const auto has_one = [&](const Cell& cell) {
    return cell.workload == &workload && cell.size.in_flight == 1;
  };
  const auto has_many = [&](const Cell& cell) {
    return cell.workload == &workload && cell.size.in_flight > 1;
  };
  return std::any_of(cells.begin(), cells.end(), has_many) &&
         std::erase_if(cells, has_one) > 0;
}

}  // namespace bench
