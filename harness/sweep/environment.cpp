// Environment: read once, before anything is measured.
#include "harness/sweep/environment.h"

#include <benchmark/benchmark.h>
#include <oneapi/tbb/version.h>
#include <openssl/crypto.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <uv.h>

#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <set>

#include "harness/core/registry.h"
#include "harness/posix/proc.h"
#include "harness/sweep/placement.h"
#include "harness/sweep/profile.h"
#include "harness/system/build_info.h"
#include "harness/system/weather.h"

namespace bench {
namespace {

std::string os_name() {
  std::ifstream file("/etc/os-release");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("PRETTY_NAME=\"")) {
      return line.substr(13, line.size() - 14);
    }
  }
  return "Linux";
}

std::string local_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%FT%T%z", &parts);
  return text;
}

/// Google Benchmark's own keys, so that its tools feel at home.
void add_google_benchmark_keys(Json& json) {
  const benchmark::CPUInfo& cpu = benchmark::CPUInfo::Get();
  char program[4096];
  const ssize_t length = readlink("/proc/self/exe", program, sizeof program);
  json["date"] = local_date();
  json["host_name"] = host_name();
  json["executable"] =
      std::string(program, length > 0 ? static_cast<std::size_t>(length) : 0);
  json["num_cpus"] = cpu.num_cpus;
  json["mhz_per_cpu"] = std::lround(cpu.cycles_per_second / 1e6);
  json["cpu_scaling_enabled"] =
      cpu.scaling == benchmark::CPUInfo::UNKNOWN
          ? Json(nullptr)
          : Json(cpu.scaling == benchmark::CPUInfo::ENABLED);
  json["caches"] = Json::array();
  for (const auto& cache : cpu.caches) {
    json["caches"].push_back({{"type", cache.type},
                              {"level", cache.level},
                              {"size", cache.size},
                              {"num_sharing", cache.num_sharing}});
  }
  json["load_avg"] = cpu.load_avg;
  json["library_build_type"] = build_is_release() ? "release" : "debug";
}

std::vector<std::string> warnings(const Cpus& cpus) {
  std::vector<std::string> all;
  if (!build_is_release()) {
    all.push_back(std::string("This is a ") + build_type() +
                  " build: answers are verified, times are not recorded.");
  }
  if (const auto load = load_average(); load && *load > 0.5) {
    all.push_back("The machine was not idle: its load average was " +
                  shortest(*load) + " before the run.");
  }
  if (cpus.quota) {
    all.push_back("A cgroup allows " + shortest(*cpus.quota) +
                  " CPUs: a core's time may be cut off in the middle.");
  }
  const std::string governor =
      first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (!governor.empty() && governor != "performance") {
    all.push_back("The CPU governor is '" + governor +
                  "': the clock may change during the run.");
  }
  return all;
}

/// Of a machine whose cores are all alike: null.
Json core_kinds(const Cpus& cpus) {
  const std::vector<int> counts = cpus.cores_by_kind();
  if (counts.size() == 1) return nullptr;
  const std::vector<std::string> names = names_of_kinds(counts.size());
  Json all = Json::array();
  for (std::size_t kind = 0; kind < counts.size(); ++kind) {
    all.push_back({{"kind", names[kind]}, {"cores", counts[kind]}});
  }
  return all;
}

/// Where cells run, by their number of cores, and what runs beside them.
Json placements(const Plan& plan, const Cpus& cpus) {
  std::set<int> counts;
  for (const Cell& cell : plan.cells) counts.insert(cell.cores);
  Json all = Json::array();
  for (const int cores : counts) {
    const Placement where = place(cpus, cores);
    all.push_back({{"cores", cores},
                   {"cpus", where.cell},
                   {"cpus_of_others", where.others}});
  }
  return all;
}

Json libraries() {
  return {{"libuv", uv_version_string()},
          {"onetbb", TBB_VERSION_STRING},
          {"google_benchmark", BENCH_GOOGLE_BENCHMARK_VERSION},
          {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)}};
}

}  // namespace

std::string utc_stamp() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts);
  return text;
}

std::string host_name() {
  utsname name{};
  uname(&name);
  return name.nodename;
}

Json environment(const Request& request, const Plan& plan, const Cpus& cpus,
                 const std::vector<std::string>& command) {
  utsname name{};
  uname(&name);
  struct sysinfo memory {};
  sysinfo(&memory);

  Json json;
  add_google_benchmark_keys(json);
  json["bench_version"] = version();
  json["git_commit"] =
      or_null(output_of("git -C '" + source_directory() +
                        "' describe --always --dirty 2>/dev/null")
                  .value_or(""));
  json["build_type"] = build_type();
  json["compiler"] = compiler();
  json["libraries"] = libraries();
  json["command"] = command;
  json["seed"] = request.seed;
  json["preset"] = request.preset;
  json["repetitions"] = request.repetitions;
  json["duration_seconds"] = request.duration;
  json["warmup_seconds"] = request.warmup;
  json["planned_repetitions"] =
      request.repetitions * static_cast<int>(plan.cells.size());
  json["sizing"] = plan.sizing;
  json["calibration"] = Json::array();
  json["tuning"] = Json::array();
  json["probes"] = Json::array();
  json["cpu_model"] =
      or_null(field_in(contents("/proc/cpuinfo"), "model name").value_or(""));
  json["kernel"] = std::string(name.sysname) + " " + name.release;
  json["os"] = os_name();
  json["cpus"] = cpus.ids();
  json["effective_cores"] = cpus.effective_cores();
  json["physical_cores"] = cpus.physical_cores();
  json["core_kinds"] = core_kinds(cpus);
  json["placements"] = placements(plan, cpus);
  json["smt"] = or_null(cpus.smt);
  const std::string flags =
      field_in(contents("/proc/cpuinfo"), "flags").value_or("");
  json["virtual_machine"] =
      flags.empty() ? Json(nullptr)
                    : Json(flags.find(" hypervisor") != std::string::npos);
  json["governor"] = or_null(
      first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
  json["memory_bytes"] =
      static_cast<std::uint64_t>(memory.totalram) * memory.mem_unit;
  json["cgroup_cpu_quota"] = or_null(cpus.quota);
  json["costs"] = nullptr;
  json["noise_floor"] = nullptr;
  json["noise"] = {{"control", nullptr}, {"calibrated", nullptr}};
  json["record_bytes_per_job"] = sizeof(Record);
  json["warnings"] = warnings(cpus);
  if (!request.twins) {
    std::set<std::string> scenarios;
    for (const Workload& workload : plan.workloads) {
      scenarios.insert(workload.scenario->id);
    }
    add_profile(request.machine.empty() ? default_profile() : request.machine,
                {scenarios.begin(), scenarios.end()}, json);
  }
  json["models"] = Json::array();
  for (const ModelInfo& model : all_models()) {
    json["models"].push_back({{"id", model.id},
                              {"variant", or_null(model.variant)},
                              {"summary", model.summary},
                              {"file", model.file}});
  }
  json["scenarios"] = Json::array();
  for (const ScenarioInfo& scenario : all_scenarios()) {
    json["scenarios"].push_back({{"id", scenario.id},
                                 {"summary", scenario.summary},
                                 {"file", scenario.file}});
  }
  return json;
}

}  // namespace bench
