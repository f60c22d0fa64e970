// Profile: read, compared with this machine.
#include "harness/sweep/profile.h"

#include <algorithm>
#include <filesystem>

#include "harness/posix/proc.h"
#include "harness/sweep/environment.h"
#include "harness/system/build_info.h"

namespace bench {
namespace {

/// Two models that differ by more are not equal, whatever the noise is.
constexpr double kMostOfATie = 0.1;

/// What makes a machine another one: "" if nothing does.
std::string difference(const Json& profile, const Json& context) {
  for (const char* key : {"cpu_model", "num_cpus", "kernel"}) {
    if (profile.at(key) != context.at(key)) {
      return std::string(key) + " was " + profile.at(key).dump() + " and is " +
             context.at(key).dump();
    }
  }
  return "";
}

/// The largest d among the pairs that tell of these scenarios; null if there
/// is none.
Json largest(const Json& pairs, const std::vector<std::string>& scenarios) {
  Json found = nullptr;
  for (const Json& pair : pairs) {
    const std::string scenario = pair.at("scenario");
    if (pair.at("metric") != "jobs_per_second" || pair.at("d").is_null() ||
        std::find(scenarios.begin(), scenarios.end(), scenario) ==
            scenarios.end()) {
      continue;
    }
    const double d = pair.at("d");
    found = found.is_null() ? d : std::max(found.get<double>(), d);
  }
  return found;
}

}  // namespace

std::string default_profile() {
  return source_directory() + "/reports/out/machine-" + host_name() + ".json";
}

void add_profile(const std::string& path,
                 const std::vector<std::string>& scenarios, Json& context) {
  if (std::error_code error; !std::filesystem::exists(path, error)) return;
  try {
    Json profile = Json::parse(contents(path));
    if (const std::string other = difference(profile, context);
        !other.empty()) {
      context["warnings"].push_back(
          "The profile in " + path + " is of another machine (" + other +
          ") and is not used; ./bench calibrate measures this one.");
      return;
    }
    context["costs"] = profile.value("costs", Json());
    profile.erase("costs");
    if (!profile.contains("pairs")) return;  // nobody has measured the noise
    const Json floor = largest(profile.at("pairs"), scenarios);
    context["noise"]["calibrated"] = profile;
    if (!floor.is_null() && floor.get<double>() > kMostOfATie) {
      context["warnings"].push_back(
          "Two copies of one model differed by more than 10 % when this "
          "machine "
          "was calibrated, so its noise floor makes no ties; ./bench calibrate "
          "again when nobody else is at work.");
      return;
    }
    context["noise_floor"] = floor;
  } catch (const Json::exception& error) {
    context["warnings"].push_back("The profile in " + path +
                                  " cannot be read: " + error.what() + ".");
  }
}

}  // namespace bench
