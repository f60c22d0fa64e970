// The verb run: flags -> request -> plan -> sweep -> report.
#include <benchmark/benchmark.h>
#include <regex.h>

#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <system_error>

#include "harness/cli/commands.h"
#include "harness/cli/measuring.h"
#include "harness/cli/run_flags.h"
#include "harness/cli/settings.h"
#include "harness/core/parameters.h"
#include "harness/sweep/rounds.h"
#include "harness/system/topology.h"

namespace bench {
namespace {

constexpr const char* kRunUsage =
    "Runs identical jobs under each concurrency model, across cores, and\n"
    "writes a page that shows which model wins, by how much, how sure that is.";

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
      Settings::read("./bench", std::string(kRunUsage) + kTimesTake,
                     run_flags(), {}, arguments);
  const std::string format =
      settings.word("format", {"table", "json", "csv", "markdown"});
  const std::string color = settings.word("color", {"auto", "always", "never"});
  std::vector<std::string> flags = thresholds_of(settings);
  const Request request = request_from(settings);
  const Cpus cpus = read_cpus();
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
  flags.insert(flags.end(), {"--format=" + format, "--color=" + color});
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
  if (code != kOk) return code;
  const bool known = reported == kOk || reported == kUsage ||
                     reported == kUnstable || reported == kThresholdPassed;
  return known ? reported : kCellFailed;
}

}  // namespace bench
