// Consumption: reading /proc.
#include "harness/load/consumption.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>

#include "harness/posix/clock.h"
#include "harness/posix/proc.h"
#include "harness/system/usage.h"

namespace bench {
namespace {

/// Of a line "key: 12"; 0 if there is none.
std::int64_t number(const std::string& text, const std::string& key) {
  return std::stoll("0" + field_in(text, key).value_or(""));
}

std::int64_t nanoseconds_of(std::int64_t ticks) {
  return ticks * (1'000'000'000 / sysconf(_SC_CLK_TCK));
}

}  // namespace

Consumption::Consumption(pid_t root) { read_process(root); }

void Consumption::read_process(pid_t process) {
  const std::string folder = "/proc/" + std::to_string(process);
  const std::string stat = contents(folder + "/stat");
  // The name stands in brackets and may hold anything, brackets too.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  std::int64_t user = 0;
  std::int64_t system = 0;
  std::int64_t reaped_user = 0;
  std::int64_t reaped_system = 0;
  fields >> user >> system >> reaped_user >> reaped_system;
  processes_[process] = {
      .cpu_ns = 0,
      .reaped_ns = nanoseconds_of(reaped_user + reaped_system),
      .user_ticks = user + reaped_user,
      .system_ticks = system + reaped_system};
  // What ends meanwhile ends the walk through it, and nothing else.
  std::error_code gone;
  namespace fs = std::filesystem;
  for (fs::directory_iterator task(folder + "/task", gone), end;
       !gone && task != end; task.increment(gone)) {
    const std::string path = task->path().string();
    const std::string status = contents(path + "/status");
    threads_[std::stoi(task->path().filename().string())] = {
        number(status, "voluntary_ctxt_switches"),
        number(status, "nonvoluntary_ctxt_switches"),
        std::stoll("0" + first_line(path + "/schedstat"))};
    std::istringstream children(contents(path + "/children"));
    for (pid_t child = 0; children >> child;) read_process(child);
  }
}

void Consumption::read_clocks() {
  for (auto& [process, figures] : processes_)
    figures.cpu_ns = process_cpu_ns(process);
}

std::vector<pid_t> Consumption::processes() const {
  std::vector<pid_t> all;
  for (const auto& [process, figures] : processes_) all.push_back(process);
  return all;
}

Json Consumption::since(const Consumption& before) const {
  if (processes_.empty()) return nullptr;
  std::int64_t total = 0;
  std::int64_t busiest = 0;
  std::int64_t user = 0;
  std::int64_t system = 0;
  for (const auto& [process, now] : processes_) {
    const auto found = before.processes_.find(process);
    const Process then =
        found == before.processes_.end() ? Process{} : found->second;
    const std::int64_t own =
        std::max<std::int64_t>(now.cpu_ns - then.cpu_ns, 0);
    busiest = std::max(busiest, own);
    total += own + now.reaped_ns - then.reaped_ns;
    user += now.user_ticks - then.user_ticks;
    system += now.system_ticks - then.system_ticks;
  }
  Thread switches;
  Json cpu_by_thread = Json::object();
  for (const auto& [thread, now] : threads_) {
    const auto found = before.threads_.find(thread);
    const Thread then =
        found == before.threads_.end() ? Thread{} : found->second;
    switches.voluntary += now.voluntary - then.voluntary;
    switches.involuntary += now.involuntary - then.involuntary;
    cpu_by_thread[std::to_string(thread)] =
        static_cast<double>(now.cpu_ns - then.cpu_ns) * 1e-9;
  }
  // The ticks say how the total divides; without one it is all the user's.
  const double share =
      user + system > 0
          ? static_cast<double>(system) / static_cast<double>(user + system)
          : 0;
  const double seconds = static_cast<double>(total) * 1e-9;
  const std::vector<pid_t> all = processes();
  const MemoryUse memory = MemoryUse::of(all);
  return {{"cpu_user_seconds", seconds * (1 - share)},
          {"cpu_system_seconds", seconds * share},
          {"voluntary_switches", switches.voluntary},
          {"involuntary_switches", switches.involuntary},
          {"processes", processes_.size()},
          {"threads", threads_.size()},
          {"cpu_by_thread", std::move(cpu_by_thread)},
          {"rss_bytes", or_null(memory.peak_rss_bytes)},
          {"pss_bytes", or_null(memory.pss_bytes)},
          {"page_table_bytes", or_null(memory.page_table_bytes)},
          {"kernel_stack_bytes", or_null(memory.kernel_stack_bytes)},
          {"max_process_cpu_seconds", static_cast<double>(busiest) * 1e-9}};
}

}  // namespace bench
