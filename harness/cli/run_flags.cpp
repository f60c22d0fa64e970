// RunFlags: what ./bench run can be asked, and what that means.
#include "harness/cli/run_flags.h"

#include <filesystem>
#include <set>

#include "harness/cli/commands.h"
#include "harness/cli/listing.h"
#include "harness/core/registry.h"
#include "harness/peers/peer.h"

namespace bench {
namespace {

/// Takes the value of a numeric flag if it was given; what is no whole number
/// is a time in seconds.
template <typename Number>
void take(const Settings& settings, const std::string& name, double low,
          double high, Number& number) {
  if (!settings.given(name)) return;
  if constexpr (std::is_integral_v<Number>) {
    number = static_cast<Number>(settings.integer(
        name, static_cast<std::int64_t>(low), static_cast<std::int64_t>(high)));
  } else {
    number = settings.time(name, "s", low, high);
  }
}

/// Whoever asks for nothing gets what a class should see first: each kind of
/// work with its headline cells, on one core and on all, in a few minutes. True
/// if that is so.
bool fill_in_overview(Settings& settings) {
  for (const char* name : {"scenario", "model", "cores", "workers", "in-flight",
                           "preset", "reps", "duration", "jobs", "load"}) {
    if (settings.chosen(name)) return false;
  }
  const std::string origin = "the overview";
  settings.fill_in("scenario", "cpu,io,http", origin);
  settings.fill_in("reps", "12", origin);
  settings.fill_in("load", "closed,least", origin);
  return true;
}

}  // namespace

std::vector<Flag> run_flags() {
  std::vector<Flag> flags = {
      {"scenario",
       "workloads: a list, globs, or all; with no flag that chooses anything, "
       "an "
       "overview of cpu, io and http",
       "cpu"},
      {"model", "models: a list, globs, all (five) or 'all/*' (variants too)",
       "all"},
      {"peers",
       "servers of other people beside the models that serve requests: a list, "
       "globs, or all",
       ""},
      {"cores",
       "CPUs of the system under test, physical cores first: auto, 1,2,4 or "
       "1..8",
       "auto"},
      {"workers",
       "threads or processes of a model: auto (the rule), a list, or tune (a "
       "grid around the rule)",
       "auto"},
      {"max-workers", "the most that the rule may give", "512"},
      {"in-flight",
       "the most jobs begun and not finished: a list, instead of the "
       "scenario's",
       ""},
      {"preset", "smoke, quick, class or paper: repetitions x seconds",
       "quick"},
      {"reps", "repetitions of every cell, instead of the preset's", ""},
      {"duration",
       "seconds of work in a batch on one core, instead of the "
       "preset's",
       ""},
      {"warmup", "seconds of the discarded first repetition of every cell", ""},
      {"jobs", "jobs of a batch, instead of --duration", ""},
      {"deadline",
       "seconds after which a repetition has failed; auto: ten "
       "times what its pilot predicts",
       "auto"},
      {"seed", "of the jobs and of the order of the cells", "1"},
      {"param", "name=v1,v2: a parameter of a scenario or a model", "", false,
       true},
  };
  std::set<std::string> seen;
  const auto add = [&](const std::vector<Parameter>& parameters) {
    for (const Parameter& parameter : parameters) {
      if (parameter.found || !seen.insert(parameter.name).second) continue;
      flags.push_back(flag_of(parameter));
    }
  };
  for (const ScenarioInfo& scenario : all_scenarios()) {
    add(scenario.parameters);
  }
  for (const ModelInfo& model : all_models()) add(model.parameters);
  const std::vector<Flag> rest = {
      {"out", "folder of the run's files; default reports/out/<UTC>-<host>",
       ""},
      {"machine",
       "file with this machine's noise floor (./bench calibrate); default "
       "reports/out/machine-<host>.json",
       ""},
      {"format", "of the results on stdout: table, json, csv or markdown",
       "table"},
      {"config", "file with flags, one 'name = value' a line, if there is one",
       "bench.toml"},
      {"color", "auto, always or never", "auto"},
      {"dry-run", "show the cells, their number and the time; touch nothing",
       "", true},
      {"no-report", "no charts and no page", "", true},
      {"print-config", "show every flag, its value and its origin", "", true},
      {"quiet", "no progress and no context on stderr", "", true, false, "q"},
  };
  flags.insert(flags.end(), rest.begin(), rest.end());
  for (const Flag& flag : threshold_flags()) flags.push_back(flag);
  return flags;
}

Request request_from(Settings& settings) {
  Request request;
  request.overview = fill_in_overview(settings);
  request.scenarios = settings.text("scenario");
  request.models = settings.text("model");
  request.cores = settings.text("cores");
  request.workers = settings.text("workers");
  if (settings.given("peers")) {
    request.peers = settings.text("peers");
    find_peers("--peers", request.peers);  // refuses nonsense, "" too
  }
  request.in_flight = settings.text("in-flight");
  if (settings.given("machine")) {
    request.machine = settings.text("machine");
    if (!std::filesystem::is_regular_file(request.machine)) {
      throw UsageError(
          "--machine takes a file that ./bench calibrate wrote, "
          "got '" +
          request.machine + "'");
    }
  }
  take(settings, "max-workers", 1, kMostWorkers, request.max_workers);
  request.duration_given = settings.given("duration");
  std::vector<std::string> names;
  for (const Preset& preset : kPresets) names.push_back(preset.name);
  request.preset = settings.word("preset", names);
  for (const Preset& preset : kPresets) {
    if (request.preset != preset.name) continue;
    const std::string origin = "preset " + request.preset;
    settings.fill_in("reps", shortest(preset.repetitions), origin);
    settings.fill_in("duration", shortest(preset.duration), origin);
    settings.fill_in("warmup", shortest(preset.warmup), origin);
  }
  take(settings, "reps", 1, 10'000, request.repetitions);
  take(settings, "duration", 0.001, 3600, request.duration);
  take(settings, "warmup", 0.001, 3600, request.warmup);
  take(settings, "jobs", 1, 1e9, request.jobs);
  take(settings, "seed", 0, 9e18, request.seed);
  if (settings.text("deadline") != "auto") {
    try {
      take(settings, "deadline", 0.1, 1e6, request.deadline);
    } catch (const std::invalid_argument&) {
      throw UsageError("--deadline takes auto or " + takes_time("s", 0.1, 1e6) +
                       ", got '" + settings.text("deadline") + "'");
    }
  }

  std::set<std::string> known;
  std::set<std::string> switches;
  for (const ScenarioInfo& scenario : all_scenarios()) {
    for (const Parameter& one : scenario.parameters) {
      if (one.found) continue;
      known.insert(one.name);
      if (one.is_switch) switches.insert(one.name);
    }
  }
  for (const ModelInfo& model : all_models()) {
    for (const Parameter& one : model.parameters) known.insert(one.name);
  }
  for (const std::string& name : known) {
    if (!settings.given(name)) continue;
    if (switches.contains(name)) {
      if (settings.on(name)) request.parameters[name] = {"yes"};
    } else {
      request.parameters[name] = split_list(settings.text(name));
    }
  }
  for (const std::string& text : settings.texts("param")) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    if (equals == std::string::npos || !known.contains(name)) {
      throw UsageError(
          "--param takes name=value with the name of a parameter "
          "(./bench list shows them), got '" +
          text + "'");
    }
    if (request.parameters.contains(name)) {
      throw UsageError("--param " + name +
                       " was already given; join the "
                       "values with commas");
    }
    request.parameters[name] = split_list(text.substr(equals + 1));
  }
  return request;
}

}  // namespace bench
