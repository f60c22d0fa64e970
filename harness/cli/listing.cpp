// Listing: the registry, for people and for programs.
#include "harness/cli/listing.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <tuple>
#include <vector>

#include "harness/core/pinning.h"
#include "harness/core/registry.h"
#include "harness/peers/peer.h"

namespace bench {
namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text + " ";
}

std::string described(const Parameter& parameter) {
  std::string text = parameter.help + " (" + parameter.takes();
  if (!parameter.fallback.empty()) text += "; default " + parameter.fallback;
  return text + ")";
}

bool serves(const ModelInfo& model) {
  return model.serves != ModelInfo::Serves::nobody;
}

/// " (jobs only)" or the like, for models that do not do both.
std::string only(const ModelInfo& model) {
  if (!serves(model)) return " (jobs only)";
  return model.runs ? "" : " (requests only)";
}

const char* name_of(ModelInfo::Unit unit) {
  switch (unit) {
    case ModelInfo::Unit::one_thread:
      return "one thread";
    case ModelInfo::Unit::threads:
      return "threads";
    case ModelInfo::Unit::processes:
      return "processes";
    case ModelInfo::Unit::processes_of_threads:
      return "processes of threads";
  }
  return "";
}

const char* way_to_wait(const ModelInfo& model) {
  return model.waits == ModelInfo::Waits::in_loop ? "loop" : "block";
}

/// The models by what their workers are, how jobs get to them (rows) and how a
/// job waits (columns).
void write_grid(std::ostream& out) {
  out << "grid: neighbours in a row or a column differ in one thing\n  "
      << padded("", 28) << padded("block", 22) << "loop\n";
  std::map<ModelInfo::Unit, std::vector<std::string>> rows;
  std::map<std::tuple<ModelInfo::Unit, std::string, std::string>, std::string>
      places;
  for (const ModelInfo& model : all_models()) {
    std::vector<std::string>& row = rows[model.unit];
    if (std::find(row.begin(), row.end(), model.handout) == row.end()) {
      row.push_back(model.handout);
    }
    std::string& place =
        places[{model.unit, model.handout, way_to_wait(model)}];
    place += (place.empty() ? "" : ", ") + model.name();
  }
  for (const auto& [unit, handouts] : rows) {
    const bool one = handouts == std::vector<std::string>{""};
    if (!one) out << "  " << name_of(unit) << "\n";
    for (const std::string& handout : handouts) {
      std::string line = padded(one ? name_of(unit) : "  " + handout, 28) +
                         padded(places[{unit, handout, "block"}], 22) +
                         places[{unit, handout, "loop"}];
      line.erase(line.find_last_not_of(' ') + 1);
      out << "  " << line << "\n";
    }
  }
}

Json parameters_as_json(const std::vector<Parameter>& parameters) {
  Json all = Json::array();
  for (const Parameter& parameter : parameters) {
    if (parameter.found) continue;
    all.push_back({{"name", parameter.name},
                   {"help", parameter.help},
                   {"takes", parameter.takes()},
                   {"default", or_null(parameter.fallback)}});
  }
  return all;
}

/// All but `common`, which is said elsewhere.
void write_parameters(std::ostream& out,
                      const std::vector<Parameter>& parameters,
                      const std::string& common = "") {
  for (const Parameter& parameter : parameters) {
    if (parameter.found || parameter.name == common) continue;
    out << "  " << padded("  --" + parameter.name, 22) << described(parameter)
        << "\n";
  }
}

std::string preset_text(const Preset& preset) {
  std::ostringstream out;
  out << preset.repetitions << " x " << preset.duration << " s, warm-up "
      << preset.warmup << " s";
  return out.str();
}

}  // namespace

Json listing() {
  Json json;
  json["scenarios"] = Json::array();
  for (const ScenarioInfo& scenario : all_scenarios()) {
    json["scenarios"].push_back(
        {{"id", scenario.id},
         {"summary", scenario.summary},
         {"file", scenario.file},
         {"work", scenario.service ? "requests"
                  : scenario.make  ? "jobs"
                                   : "primitives"},
         {"in_flight", or_null(scenario.in_flight)},
         {"parameters", parameters_as_json(scenario.parameters)}});
  }
  json["models"] = Json::array();
  for (const ModelInfo& model : all_models()) {
    json["models"].push_back(
        {{"id", model.id},
         {"variant", or_null(model.variant)},
         {"name", model.name()},
         {"summary", model.summary},
         {"file", model.file},
         {"floor", or_null(model.floor)},
         {"waiting_floor", or_null(model.runs ? model.waiting_floor : "")},
         {"unit", name_of(model.unit)},
         {"handout", or_null(model.handout)},
         {"waits", way_to_wait(model)},
         {"runs_jobs", model.runs},
         {"serves_requests", serves(model)},
         {"parameters", parameters_as_json(model.parameters)}});
  }
  json["peers"] = Json::array();
  for (const PeerInfo& peer : all_peers()) {
    const auto missing = peer.why_missing();
    json["peers"].push_back({{"id", peer.id},
                             {"summary", peer.summary},
                             {"missing", or_null(missing.value_or(""))}});
  }
  json["primitives"] = Json::array();
  for (const PrimitiveInfo& primitive : all_primitives()) {
    json["primitives"].push_back({{"id", primitive.id},
                                  {"summary", primitive.summary},
                                  {"scenario", primitive.scenario},
                                  {"beside", or_null(primitive.beside)},
                                  {"cores", primitive.cores},
                                  {"file", primitive.file}});
  }
  json["presets"] = Json::array();
  for (const Preset& preset : kPresets) {
    json["presets"].push_back({{"name", preset.name},
                               {"repetitions", preset.repetitions},
                               {"duration_seconds", preset.duration},
                               {"warmup_seconds", preset.warmup}});
  }
  return json;
}

std::string listing_as_table() {
  std::ostringstream out;
  out << "Scenarios (--scenario)\n";
  for (const ScenarioInfo& scenario : all_scenarios()) {
    out << "  " << padded(scenario.id, 22) << scenario.summary << "\n";
    if (!scenario.in_flight.empty()) {
      out << "  " << padded("  --in-flight", 22)
          << "the most jobs begun and not finished (default "
          << scenario.in_flight << ")\n";
    }
    write_parameters(out, scenario.parameters);
  }
  out << "\nModels (--model; all means those without a variant, all/* every "
         "one)\n";
  const Parameter pin = pin_parameter();
  write_parameters(out, {pin});
  for (const ModelInfo& model : all_models()) {
    out << "  " << padded(model.name(), 22) << model.summary << only(model)
        << "\n";
    write_parameters(out, model.parameters, pin.name);
  }
  out << "\nPeers (--peers: beside the models, where scenarios send "
         "requests)\n";
  for (const PeerInfo& peer : all_peers()) {
    out << "  " << padded(peer.id, 22) << peer.summary << "\n";
  }
  out << "\nPrimitives (--scenario=primitives: the floors of the selected "
         "models;\nmessages, starts, calls: what things cost here, under no "
         "model)\n";
  for (const PrimitiveInfo& primitive : all_primitives()) {
    out << "  " << padded(primitive.id, 22) << primitive.summary << "\n";
  }
  out << "\nPresets (--preset: repetitions x seconds)\n";
  for (const Preset& preset : kPresets) {
    out << "  " << padded(preset.name, 22) << preset_text(preset) << "\n";
  }
  return out.str();
}

std::string listing_as_tree() {
  std::ostringstream out;
  out << "scenarios\n";
  for (const ScenarioInfo& scenario : all_scenarios()) {
    out << "  " << scenario.id << "\n";
    for (const Parameter& parameter : scenario.parameters) {
      if (parameter.found) continue;
      out << "    " << parameter.name << "\n";
    }
  }
  out << "models\n";
  for (const ModelInfo& model : all_models()) {
    if (model.variant.empty()) {
      out << "  " << model.id << "\n";
    } else {
      out << "    " << model.variant << "\n";
    }
  }
  write_grid(out);
  out << "presets\n";
  for (const Preset& preset : kPresets) out << "  " << preset.name << "\n";
  return out.str();
}

}  // namespace bench
