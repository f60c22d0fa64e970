// The verb calibrate: what do things cost here, and (--noise) how far do two
// copies of one model differ?
#include <cstdio>
#include <string>
#include <vector>

#include "harness/cli/commands.h"
#include "harness/cli/measuring.h"
#include "harness/cli/settings.h"
#include "harness/sweep/profile.h"
#include "harness/system/topology.h"

namespace bench {
namespace {

constexpr const char* kCalibrateUsage =
    "Measures what single operations cost on this machine, in less than 20 s; "
    "or\n(--noise) how far two copies of one model differ in many rounds. "
    "Writes "
    "it\nwhere later runs look for it.";

/// The short form: few rounds, one small message, two amounts of memory.
constexpr const char* kPrices = "messages,starts,calls";
constexpr int kPriceRounds = 7;
constexpr double kPriceSeconds = 0.005;  // seconds

std::vector<Flag> flags() {
  return {
      {"noise", "pairs of copies of one model instead: some minutes", "", true},
      {"scenario",
       "with --noise, workloads of the pairs: a list, globs, or all",
       "cpu,http"},
      {"model",
       "with --noise, models that are measured twice: a list, globs, or all",
       "event-loop,thread-pool"},
      {"rounds",
       "in each of which everything is measured once; default 7, "
       "with --noise 50",
       ""},
      {"duration",
       "seconds of work in a batch on one core; default 0.005, "
       "with --noise 0.25",
       ""},
      {"seed", "of the jobs and of the order of the cells", "1"},
      {"machine",
       "file for what was found; default reports/out/machine-<host>.json", ""},
      {"out",
       "folder of the measurements; default "
       "reports/out/<UTC>-<host>-calibration",
       ""},
      {"color", "auto, always or never", "auto"},
      {"quiet", "no progress and no context on stderr", "", true, false, "q"}};
}

Request request_from(const Settings& settings) {
  Request request;
  request.twins = settings.on("noise") || settings.chosen("scenario") ||
                  settings.chosen("model");
  if (request.twins) {
    request.scenarios = settings.text("scenario");
    request.models = settings.text("model");
    request.repetitions = 50;
    request.duration_given = settings.chosen("duration");
  } else {
    request.scenarios = kPrices;
    request.parameters = {{"bytes", {"1"}}, {"touched-mib", {"0", "64"}}};
    request.repetitions = kPriceRounds;
    request.duration = kPriceSeconds;
    request.duration_given = true;
  }
  if (settings.given("rounds")) {  // fewer than six have no interval
    request.repetitions =
        settings.integer<int>("rounds", request.twins ? 6 : 1, 10'000);
  }
  if (settings.given("duration")) {
    request.duration = settings.time("duration", "s", 0.001, 3600);
  }
  request.seed = settings.integer<std::uint64_t>(
      "seed", 0, std::int64_t{9'000'000'000'000'000'000});
  request.preset = "calibrate";
  return request;
}

}  // namespace

int calibrate_command(std::vector<std::string> arguments) {
  std::vector<std::string> command = arguments;
  command.insert(command.begin(), "calibrate");
  const Settings settings = Settings::read(
      "./bench calibrate", std::string(kCalibrateUsage) + kTimesTake, flags(),
      {}, std::move(arguments));
  const std::string color = settings.word("color", {"auto", "always", "never"});
  const Request request = request_from(settings);
  const Cpus cpus = read_cpus();
  const Plan plan = Plan::make(request, cpus);
  if (plan.cells.empty()) {
    std::fprintf(stderr,
                 "nothing to calibrate with: --scenario=%s with --model=%s has "
                 "no cell\n",
                 request.scenarios.c_str(), request.models.c_str());
    return kNothingRan;
  }
  const std::string directory =
      make_directory(settings.text("out"), "-calibration");
  const int code =
      measure(plan, request, cpus, command, directory, settings.on("quiet"));
  if (code == kInterrupted) return code;
  const std::string machine =
      settings.given("machine") ? settings.text("machine") : default_profile();
  const int reported =
      make_report(directory, {"--profile=" + machine, "--color=" + color});
  return code != kOk ? code : reported;
}

}  // namespace bench
