// Weather: probe, steal, load.
#include "harness/system/weather.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

#include "harness/posix/clock.h"
#include "harness/system/cpus.h"

namespace bench {
namespace {

/// Gives the calling thread back the CPUs it had, come what may.
class CpusKept {
 public:
  ~CpusKept() {
    try {
      bind_to(ids_);
    } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch)
      // Somebody has taken them away meanwhile: there is nothing to give back.
    }
  }

 private:
  const std::vector<int> ids_ = allowed_cpus();
};

}  // namespace

std::vector<double> spin_probe(const std::vector<int>& cpus) {
  const CpusKept kept;
  std::vector<double> seconds;
  for (const int cpu : cpus) {
    bind_to({cpu});
    const std::int64_t start = now_ns();
    // A chain of dependent multiplications: no memory, no vector unit.
    std::uint64_t value = 1;
    for (int i = 0; i < 1'500'000; ++i) {
      value = value * 6364136223846793005 + 1442695040888963407;
      asm volatile("" : "+r"(value));
    }
    seconds.push_back(seconds_between(start, now_ns()));
  }
  return seconds;
}

std::optional<CpuTime> CpuTime::of(const std::vector<int>& cpus) {
  static const double tick = 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
  CpuTime sum;
  std::size_t found = 0;
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    double user, nice, system, idle, iowait, irq, softirq, steal;
    words >> name >> user >> nice >> system >> idle >> iowait >> irq >>
        softirq >> steal;
    if (!words || name.size() < 4 || !name.starts_with("cpu")) continue;
    const int id = std::stoi(name.substr(3));
    if (std::find(cpus.begin(), cpus.end(), id) == cpus.end()) continue;
    ++found;
    sum.busy += (user + nice + system + irq + softirq) * tick;
    sum.stolen += steal * tick;
  }
  if (found != cpus.size()) return std::nullopt;
  return sum;
}

std::optional<double> load_average() {
  std::ifstream file("/proc/loadavg");
  double load = 0;
  if (file >> load) return load;
  return std::nullopt;
}

}  // namespace bench
