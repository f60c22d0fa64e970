// Weather: steal, load.
#include "harness/system/weather.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

namespace bench {
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

bool are_calm(const std::vector<int>& cpus, double seconds) {
  const std::optional<CpuTime> before = CpuTime::of(cpus);
  usleep(static_cast<useconds_t>(seconds * 1e6));
  const std::optional<CpuTime> after = CpuTime::of(cpus);
  if (!before || !after) return true;
  constexpr double kNextToNothing = 0.25;  // of one CPU
  return after->busy - before->busy + after->stolen - before->stolen <=
         kNextToNothing * seconds;
}

std::optional<double> load_average() {
  std::ifstream file("/proc/loadavg");
  double load = 0;
  if (file >> load) return load;
  return std::nullopt;
}

}  // namespace bench
