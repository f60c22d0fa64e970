// The verb run: flags -> request -> plan -> sweep -> report.
#include <benchmark/benchmark.h>
#include <regex.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <set>

#include "harness/build_info.h"
#include "harness/commands.h"
#include "harness/environment.h"
#include "harness/listing.h"
#include "harness/registry.h"
#include "harness/settings.h"
#include "harness/sweep.h"

namespace bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUsageText =
    "Runs identical jobs under each concurrency model, across cores, and\n"
    "writes a page that shows which model wins, by how much, how sure that is.";

std::vector<Flag> run_flags() {
  std::vector<Flag> flags = {
      {"scenario", "workloads: a list, globs, or all", "cpu"},
      {"model", "models: a list, globs, all (five) or 'all/*' (variants too)",
       "all"},
      {"cores", "CPUs of the system under test: auto, 1,2,4 or 1..8", "auto"},
      {"workers", "threads or processes of a model: auto (= cores) or a list",
       "auto"},
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
      if (!seen.insert(parameter.name).second) continue;
      flags.push_back(
          {parameter.name, parameter.help + ": " + parameter.takes(), ""});
    }
  };
  for (const ScenarioInfo& scenario : all_scenarios()) {
    add(scenario.parameters);
  }
  for (const ModelInfo& model : all_models()) add(model.parameters);
  const std::vector<Flag> rest = {
      {"out", "folder of the run's files; default reports/out/<UTC>-<host>",
       ""},
      {"format", "of the results on stdout: table, json, csv or markdown",
       "table"},
      {"config",
       "file with flags, one 'name = value' a line; default "
       "bench.toml, if there is one",
       ""},
      {"color", "auto, always or never", "auto"},
      {"dry-run", "show the cells, their number and the time; touch nothing",
       "", true},
      {"no-report", "no charts and no page", "", true},
      {"print-config", "show every flag, its value and its origin", "", true},
      {"quiet", "no progress and no context on stderr", "", true, false, "q"},
  };
  flags.insert(flags.end(), rest.begin(), rest.end());
  return flags;
}

std::string checked_word(const Settings& settings, const std::string& name,
                         const std::vector<std::string>& words) {
  const Parameter parameter{
      .name = name, .help = "", .kind = Parameter::Kind::word, .words = words};
  return parameter.checked(settings.text(name));
}

/// Takes the value of a numeric flag if it was given.
template <typename Number>
void take(const Settings& settings, const std::string& name, double low,
          double high, Number& number) {
  if (!settings.given(name)) return;
  const std::string flag = "--" + name;
  if constexpr (std::is_integral_v<Number>) {
    number = static_cast<Number>(
        parse_integer(flag, settings.text(name), static_cast<std::int64_t>(low),
                      static_cast<std::int64_t>(high)));
  } else {
    number = parse_real(flag, settings.text(name), low, high);
  }
}

/// Also fills in what the preset says, so that --print-config can show it.
Request request_from(Settings& settings) {
  Request request;
  request.scenarios = settings.text("scenario");
  request.models = settings.text("model");
  request.cores = settings.text("cores");
  request.workers = settings.text("workers");
  std::vector<std::string> names;
  for (const Preset& preset : kPresets) names.push_back(preset.name);
  request.preset = checked_word(settings, "preset", names);
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
    take(settings, "deadline", 0.1, 1e6, request.deadline);
  }

  std::set<std::string> known;
  for (const ScenarioInfo& scenario : all_scenarios()) {
    for (const Parameter& one : scenario.parameters) known.insert(one.name);
  }
  for (const ModelInfo& model : all_models()) {
    for (const Parameter& one : model.parameters) known.insert(one.name);
  }
  for (const std::string& name : known) {
    if (settings.given(name)) {
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

[[noreturn]] void refuse_out(const std::string& path, const std::string& why) {
  throw UsageError("--out takes a folder that can be written, got '" + path +
                   "': " + why);
}

/// Makes the folder of the run; refuses what would mix two runs.
std::string make_directory(const std::string& asked) {
  std::string path = asked;
  if (path.empty()) {
    const std::string base =
        source_directory() + "/reports/out/" + utc_stamp() + "-" + host_name();
    path = base;
    for (int i = 2; fs::exists(path); ++i) {
      path = base + "-" + std::to_string(i);
    }
  }
  std::error_code error;
  if (fs::exists(path + "/runs.jsonl", error)) {
    refuse_out(path, "it holds another run");
  }
  fs::create_directories(path, error);
  if (error) refuse_out(path, error.message());
  if (asked.empty()) {  // `latest` names the newest of the default folders
    const fs::path link = fs::path(path).parent_path() / "latest";
    fs::remove(link, error);
    fs::create_directory_symlink(fs::path(path).filename(), link, error);
  }
  return path;
}

void print_plan(const Plan& plan, const Request& request) {
  for (const Cell& cell : plan.cells) std::cout << cell.name() << "\n";
  std::cout << plan.cells.size() << " cells x " << request.repetitions
            << " repetitions, at least "
            << shortest(std::round(plan.least_seconds(request)))
            << " s; nothing was run\n";
}

/// Hands --benchmark_* on, and keeps only the cells that its filter selects.
void pass_to_google_benchmark(const std::vector<std::string>& words,
                              Plan& plan) {
  for (const std::string& word : words) {
    if (word.starts_with("--benchmark_repetitions")) {
      throw UsageError("--reps takes the place of --benchmark_repetitions");
    }
    if (word.starts_with("--benchmark_list_tests")) {
      throw UsageError("--dry-run takes the place of --benchmark_list_tests");
    }
  }
  // Google Benchmark keeps pointers to its arguments.
  static std::vector<std::string> kept;
  kept = words;
  kept.insert(kept.begin(), "bench");
  std::vector<char*> pointers;
  for (std::string& word : kept) pointers.push_back(word.data());
  int count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  benchmark::Initialize(&count, pointers.data());
  if (count > 1) {
    throw UsageError(std::string("Google Benchmark does not know ") +
                     pointers[1]);
  }
  std::string filter = benchmark::GetBenchmarkFilter();
  if (filter.empty() || filter == "all" || filter == ".") return;
  const bool without = filter.starts_with("-");
  regex_t pattern;
  if (regcomp(&pattern, filter.c_str() + (without ? 1 : 0),
              REG_EXTENDED | REG_NOSUB) != 0) {
    throw UsageError("--benchmark_filter takes a regular expression, got '" +
                     filter + "'");
  }
  std::erase_if(plan.cells, [&](const Cell& cell) {
    const bool found =
        regexec(&pattern, cell.name().c_str(), 0, nullptr, 0) == 0;
    return found == without;
  });
  regfree(&pattern);
}

int exit_code(const Sweep::Counts& counts, const std::string& directory,
              int planned) {
  if (counts.interrupted) {
    std::fprintf(stderr,
                 "interrupted: %d of %d repetitions are saved; "
                 "./bench report %s makes the page from them\n",
                 counts.measured, planned, directory.c_str());
    return kInterrupted;
  }
  if (counts.wrong > 0) return kWrongAnswers;
  return counts.failed > 0 ? kCellFailed : kOk;
}

/// Opens the run's files before anything is measured; leaves nothing behind
/// if that fails.
std::unique_ptr<RecordFile> open_files(const std::string& directory,
                                       const Json& context) {
  try {
    auto file = std::make_unique<RecordFile>(directory);
    try {
      write_whole(directory + "/environment.json", to_line(context, 1));
    } catch (const std::exception&) {
      fs::remove(directory + "/runs.jsonl");
      throw;
    }
    return file;
  } catch (const std::exception& error) {
    refuse_out(directory, error.what());
  }
}

/// Measures the plan into `directory`; returns the exit code so far. Signals
/// are held back only in here: the report that follows can be interrupted.
int measure(Plan& plan, const Request& request, const Cpus& cpus,
            const std::vector<std::string>& command,
            const std::string& directory, bool quiet) {
  Interruption interruption;
  Progress progress(!quiet);
  Json context = environment(request, plan, cpus, command);
  const auto file = open_files(directory, context);
  for (const auto& warning : context.at("warnings")) {
    if (quiet) break;
    std::cerr << "warning: " << warning.get<std::string>() << "\n";
  }
  Sweep sweep(plan, request, cpus, interruption, progress);
  context["calibration"] = sweep.calibrate();
  write_whole(directory + "/environment.json", to_line(context, 1));
  if (!sweep.counts().interrupted) sweep.warm_up();
  if (!sweep.counts().interrupted) sweep.run(*file);
  progress.clear();
  return exit_code(sweep.counts(), directory,
                   context.at("planned_repetitions").get<int>());
}

}  // namespace

int run_command(std::vector<std::string> arguments) {
  const std::vector<std::string> command = arguments;
  std::vector<std::string> for_google_benchmark;
  std::erase_if(arguments, [&](const std::string& word) {
    if (!word.starts_with("--benchmark_")) return false;
    for_google_benchmark.push_back(word);
    return true;
  });
  Settings settings =
      Settings::read("./bench", kUsageText, run_flags(), {}, arguments);
  const std::string format =
      checked_word(settings, "format", {"table", "json", "csv", "markdown"});
  const std::string color =
      checked_word(settings, "color", {"auto", "always", "never"});
  const Request request = request_from(settings);
  const Cpus cpus = Cpus::read();
  Plan plan = Plan::make(request, cpus);
  pass_to_google_benchmark(for_google_benchmark, plan);
  if (settings.on("print-config")) {
    std::cout << settings.print();
    return kOk;
  }
  if (settings.on("dry-run")) {
    print_plan(plan, request);
    return kOk;
  }
  if (plan.cells.empty()) {
    std::fprintf(
        stderr, "nothing to run: --scenario=%s with --model=%s has no cell%s\n",
        request.scenarios.c_str(), request.models.c_str(),
        for_google_benchmark.empty()
            ? ""
            : (" that " + for_google_benchmark.back() + " selects").c_str());
    return kNothingRan;
  }
  const std::string directory = make_directory(settings.text("out"));
  const int code =
      measure(plan, request, cpus, command, directory, settings.on("quiet"));
  if (code == kInterrupted) return code;
  std::vector<std::string> flags = {"--format=" + format, "--color=" + color};
  if (settings.on("no-report")) flags.push_back("--no-page");
  if (settings.on("quiet")) flags.push_back("-q");
  const int reported = make_report(directory, flags);
  if (reported == kInterrupted) return kInterrupted;
  return code != kOk ? code : reported == 0 ? kOk : kCellFailed;
}

}  // namespace bench
