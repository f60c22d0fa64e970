// Measuring: folder, files, sweep, exit code.
#include "harness/cli/measuring.h"

#include <cstdio>
#include <deque>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "harness/cli/commands.h"
#include "harness/cli/settings.h"
#include "harness/sweep/environment.h"
#include "harness/sweep/finer.h"
#include "harness/sweep/sweep.h"
#include "harness/system/build_info.h"

namespace bench {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_out(const std::string& path, const std::string& why) {
  throw UsageError("--out takes a folder that can be written, got '" + path +
                   "': " + why);
}

/// What is left of a run that ended early.
std::string saved(const Sweep::Counts& counts, const std::string& directory,
                  int planned) {
  return std::to_string(counts.measured) + " of " + std::to_string(planned) +
         " repetitions are saved; ./bench report " + directory +
         " makes the page from them";
}

int exit_code(const Sweep::Counts& counts, bool interrupted,
              const std::string& directory, int planned) {
  if (interrupted) {
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

}  // namespace

std::string make_directory(const std::string& asked,
                           const std::string& suffix) {
  std::string path = asked;
  if (path.empty()) {
    const std::string base = source_directory() + "/reports/out/" +
                             utc_stamp() + "-" + host_name() + suffix;
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
  if (asked.empty() &&
      suffix.empty()) {  // `latest` names the newest of the default folders
    const fs::path link = fs::path(path).parent_path() / "latest";
    fs::remove(link, error);
    fs::create_directory_symlink(fs::path(path).filename(), link, error);
  }
  return path;
}

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
  constexpr std::size_t kFinerPlans = 3;
  Finer finer;
  std::deque<Plan> finer_plans;
  Sweep::Counts counts;
  bool interrupted = false;
  int planned = 0;
  for (const Plan* now = &plan;
       !interrupted && !now->cells.empty() && finer_plans.size() <= kFinerPlans;
       now = &finer_plans.emplace_back(finer.plan())) {
    Sweep sweep(*now, request, cpus, interruption, progress);
    for (Json& found : sweep.calibrate()) {
      context["calibration"].push_back(std::move(found));
    }
    if (now == &plan) context["probes"] = sweep.probes().describe();
    if (!quiet) warn_of(sweep.troubles(), progress);
    const std::vector<std::string> choices = sweep.tune();
    if (!choices.empty()) progress.clear();
    for (const std::string& choice : choices) {
      if (!quiet) std::cerr << choice << "\n";
      context["tuning"].push_back(choice);
    }
    planned += request.repetitions * static_cast<int>(now->cells.size());
    context["planned_repetitions"] = planned;
    write_whole(directory + "/environment.json", to_line(context, 1));
    if (!sweep.interrupted()) sweep.warm_up();
    try {
      if (!sweep.interrupted()) sweep.run(*file);
    } catch (const std::exception& error) {  // a full disk, for example
      counts += sweep.counts();
      throw std::runtime_error(std::string(error.what()) + "; " +
                               saved(counts, directory, planned));
    }
    counts += sweep.counts();
    interrupted = sweep.interrupted();
    finer.learn(sweep.trials());
  }
  progress.clear();
  return exit_code(counts, interrupted, directory, planned);
}

}  // namespace bench
