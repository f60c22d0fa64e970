// The verb run: flags -> request -> plan -> sweep -> report.
#include <benchmark/benchmark.h>
#include <regex.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <set>
#include <stdexcept>
#include <system_error>

#include "harness/cli/commands.h"
#include "harness/cli/run_flags.h"
#include "harness/cli/settings.h"
#include "harness/core/parameters.h"
#include "harness/sweep/environment.h"
#include "harness/sweep/rounds.h"
#include "harness/sweep/sweep.h"
#include "harness/system/build_info.h"

namespace bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUsageText =
    "Runs identical jobs under each concurrency model, across cores, and\n"
    "writes a page that shows which model wins, by how much, how sure that is.";

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
  for (const std::string& rule : plan.sizing) std::cout << rule << "\n";
  std::cout << plan.cells.size() << " cells x " << request.repetitions
            << " repetitions, at least "
            << shortest(std::round(least_seconds(plan, request)))
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

/// What is left of a run that ended early.
std::string saved(const Sweep::Counts& counts, const std::string& directory,
                  int planned) {
  return std::to_string(counts.measured) + " of " + std::to_string(planned) +
         " repetitions are saved; ./bench report " + directory +
         " makes the page from them";
}

int exit_code(const Sweep& sweep, const std::string& directory, int planned) {
  const Sweep::Counts& counts = sweep.counts();
  if (sweep.interrupted()) {
    std::fprintf(stderr, "interrupted: %s\n",
                 saved(counts, directory, planned).c_str());
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

/// Says once what cannot be measured, and why.
void warn_of(const std::vector<std::string>& troubles, Progress& progress) {
  if (!troubles.empty()) progress.clear();
  for (const std::string& reason : troubles) {
    std::cerr << "warning: " << reason << "\n";
  }
}

/// Measures the plan into `directory`; returns the exit code so far. Signals
/// are held back only in here: the report that follows can be interrupted.
int measure(const Plan& plan, const Request& request, const Cpus& cpus,
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
  for (const std::string& rule : plan.sizing) {
    if (!quiet) std::cerr << rule << "\n";
  }
  Sweep sweep(plan, request, cpus, interruption, progress);
  context["calibration"] = sweep.calibrate();
  if (!quiet) warn_of(sweep.troubles(), progress);
  const std::vector<std::string> choices = sweep.tune();
  if (!choices.empty()) progress.clear();
  for (const std::string& choice : choices) {
    if (!quiet) std::cerr << choice << "\n";
  }
  context["tuning"] = choices;
  write_whole(directory + "/environment.json", to_line(context, 1));
  if (!sweep.interrupted()) sweep.warm_up();
  const int planned = context.at("planned_repetitions").get<int>();
  try {
    if (!sweep.interrupted()) sweep.run(*file);
  } catch (const std::exception& error) {  // a full disk, for example
    throw std::runtime_error(std::string(error.what()) + "; " +
                             saved(sweep.counts(), directory, planned));
  }
  progress.clear();
  return exit_code(sweep, directory, planned);
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
      Settings::read("./bench", std::string(kUsageText) + kTimesTake,
                     run_flags(), {}, arguments);
  const std::string format =
      settings.word("format", {"table", "json", "csv", "markdown"});
  const std::string color = settings.word("color", {"auto", "always", "never"});
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
  int reported = kCellFailed;
  try {
    reported = make_report(directory, flags);
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "no report: %s; ./bench report %s makes it\n",
                 error.what(), directory.c_str());
  }
  if (reported == kInterrupted) return kInterrupted;
  return code != kOk ? code : reported == 0 ? kOk : kCellFailed;
}

}  // namespace bench
