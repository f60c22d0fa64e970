// Null because: the figures that may be missing, and why.
#include "harness/sweep/null_because.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace bench {
namespace {

bool starts(const std::string& name,
            std::initializer_list<std::string_view> beginnings) {
  return std::any_of(
      beginnings.begin(), beginnings.end(),
      [&](std::string_view beginning) { return name.starts_with(beginning); });
}

/// Words that say what a cell is, or that something has not happened: null is
/// what they say then.
bool is_label(const std::string& name) {
  return starts(name, {"variant", "reason", "errnos", "floor", "workers_rule",
                       "in_flight_limit", "latency_note", "http.peer_version"});
}

std::string too_few(const char* what) {
  return std::string("p90 needs 100 ") + what +
         ", p99 10,000, p99.9 100,000: there were fewer";
}

std::string reason_in_http(const std::string& name, const Cell& cell) {
  if (starts(name, {"http.offered_per_second", "http.naive_histogram"}) ||
      name == "http.naive") {
    return "of an open loop only";
  }
  if (starts(name, {"http.generator_late_p99_seconds"})) {
    return cell.workload->traffic.open_loop() ? "no request left in the window"
                                              : "of an open loop only";
  }
  if (name == "http.capacity_per_second") {
    return "the load is no share of a capacity";
  }
  if (name == "http.timeline") return "all requests are of one kind";
  if (name == "http.fault") return "nothing goes wrong in it on purpose";
  if (name == "http.fault.full_strength_seconds") {
    return "the server was not what it had been before the window ended";
  }
  if (starts(name, {"http.fault."})) return "no request in that time";
  if (name == "http.workers" || name == "http.jain") {
    return cell.subject.model == nullptr
               ? "another program does not tell what its workers did"
               : "its workers are no fixed set";
  }
  if (name == "http.workers.cpu_seconds" || name == "http.jain.cpu_seconds") {
    return "the worker was not there at both ends of the window";
  }
  if (starts(name, {"http.naive.", "http.groups.p"})) {
    return too_few("requests");
  }
  return "no answer in the window";
}

std::string reason_of_requests(const std::string& name, const Cell& cell) {
  if (starts(name, {"minor_faults", "major_faults"})) {
    return "a server is seen from outside, where nobody counts page faults";
  }
  if (name == "little_ratio" && cell.workload->traffic.open_loop()) {
    return "Little's law is checked in closed loops";
  }
  if (starts(name, {"latency_p"})) return too_few("requests");
  if (starts(name, {"latency_", "little_ratio"})) {
    return "no answer in the window";
  }
  return "requests leave no records";
}

std::string reason_of_jobs(const std::string& name) {
  if (name == "http") return "it is a batch of jobs: nobody sends requests";
  if (name == "job_end_seconds") return "told of batches of 64 jobs at most";
  if (name == "little_ratio") {
    return "it takes a batch of five turns of all places in flight";
  }
  if (starts(name, {"latency_p"})) return too_few("jobs");
  return "no job, or no time that passed";
}

std::string reason_of(const std::string& name, const Cell& cell) {
  if (cell.workload->fault &&
      starts(name, {"cpu_", "voluntary_", "involuntary_", "peak_",
                    "page_table_", "kernel_stack_", "processes", "http.server_",
                    "http.max_process", "http.workers"})) {
    return "its processes come and go: what they consumed is not known";
  }
  if (starts(name, {"http."})) return reason_in_http(name, cell);
  if (starts(name, {"backend_"})) {
    return cell.workload->needs.backend ? "the backend gave no answer"
                                        : "its jobs ask no backend";
  }
  if (starts(name, {"spin_probe", "steal_", "throttled_", "load_average",
                    "others_cpu"})) {
    return "nobody looked, or the kernel does not tell here";
  }
  if (cell.subject.primitive != nullptr && name != "http") {
    return "a bare mechanism has no records and no phases, and its memory is "
           "not looked at";
  }
  const ModelInfo* const model = cell.subject.model;
  const bool shares =
      starts(name, {"peak_pss_bytes", "page_table_bytes", "kernel_stack_"});
  if (shares && model != nullptr && model->worker_per_job) {
    return "each worker lives for one job: what they share is seen at no one "
           "moment";
  }
  if (shares || starts(name, {"peak_"})) {
    return "the memory of a process could not be read";
  }
  return cell.workload->serves() ? reason_of_requests(name, cell)
                                 : reason_of_jobs(name);
}

void add(Json& all, const std::string& name, const Cell& cell) {
  if (is_label(name)) return;
  Json& names = all[reason_of(name, cell)];
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    names.push_back(name);
  }
}

/// Looks through `json`, and into what http holds: lists and objects of
/// figures.
void look(const Json& json, const std::string& before, const Cell& cell,
          Json& all) {
  for (const auto& [key, value] : json.items()) {
    const std::string name = before + key;
    if (value.is_null()) add(all, name, cell);
    const bool inside = name == "http" || name == "http.naive" ||
                        name == "http.fault" || name == "http.jain";
    if (inside && value.is_object()) look(value, name + ".", cell, all);
    if ((name == "http.groups" || name == "http.workers") && value.is_array()) {
      for (const Json& one : value) look(one, name + ".", cell, all);
    }
  }
}

}  // namespace

Json null_because(const Json& entry, const Cell& cell) {
  Json all = Json::object();
  look(entry, "", cell, all);
  return all;
}

}  // namespace bench
