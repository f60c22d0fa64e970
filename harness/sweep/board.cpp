// Board: sums, workers, and the same as metrics.
#include "harness/sweep/board.h"

#include <unistd.h>

#include <string>
#include <utility>

#include "harness/core/random.h"
#include "harness/posix/clock.h"
#include "harness/posix/proc.h"

namespace bench {
namespace {

/// What it has resident; 0 if it has ended. [proc(5), status]
std::int64_t memory_of(pid_t process) {
  return kilobytes_field("/proc/" + std::to_string(process) + "/status",
                         "VmRSS")
      .value_or(0);
}

/// The CPU time that it has had; 0 if it has ended. [proc(5), schedstat]
double cpu_seconds_of(pid_t process, pid_t thread) {
  const std::string path = "/proc/" + std::to_string(process) + "/task/" +
                           std::to_string(thread) + "/schedstat";
  return static_cast<double>(std::stoll("0" + first_line(path))) / 1e9;
}

template <typename Counts>
Json by_cause(const Counts& counts) {
  Json json;
  for (std::size_t i = 0; i < kCauses.size(); ++i) {
    json[kCauses[i]] = std::uint64_t{counts[i]};
  }
  return json;
}

Json worker_row(const Board::Seen& generation, const WorkerCounts& one,
                std::int64_t now) {
  const pid_t process = one.process;
  const pid_t thread = one.thread;
  const std::int64_t beat = one.beat;
  return {{"generation", generation.number},
          {"process", process},
          {"thread", thread},
          {"main", thread == generation.process},
          {"state", generation.state},
          {"up_s", seconds_between(one.since, now)},
          {"silent_s", beat == 0 ? 0 : seconds_between(beat, now)},
          {"requests", one.requests - one.first},
          {"errors", one.errors.load()},
          {"bytes", one.bytes.load()},
          {"connections", one.connections.load()},
          {"open_connections", one.open.load()},
          {"jobs", one.jobs.load()},
          {"messages_sent", one.sent.load()},
          {"messages_refused", one.refused.load()},
          {"messages_received", one.received.load()},
          {"messages_dropped", one.dropped.load()},
          {"unsent", one.unsent.load()},
          {"most_unsent", one.most_unsent.load()},
          {"undelivered", one.undelivered.load()},
          {"most_undelivered", one.most_undelivered.load()},
          {"memory_bytes", memory_of(process)},
          {"cpu_s", cpu_seconds_of(process, thread)},
          {"replaced", by_cause(one.replaced)}};
}

/// A metric that is said once for each of several things.
class Metric {
 public:
  Metric(std::string& text, const std::string& name, const char* type,
         const char* help)
      : text_(text), name_("bench_" + name) {
    text_ += "# HELP " + name_ + " " + help + "\n# TYPE " + name_ + " " + type +
             "\n";
  }

  void say(const Json& value, const std::string& labels = "") {
    text_ += name_ + (labels.empty() ? "" : "{" + labels + "}") + " " +
             value.dump() + "\n";
  }

 private:
  std::string& text_;
  const std::string name_;
};

std::string label(const char* name, const Json& value) {
  return std::string(name) + "=\"" +
         (value.is_string() ? value.get<std::string>() : value.dump()) + "\"";
}

}  // namespace

Board::Board(std::string model) : model_(std::move(model)), since_(now_ns()) {}

void Board::Sums::add(const WorkerCounts& one) {
  requests += one.requests;
  errors += one.errors;
  bytes += one.bytes;
  connections += one.connections;
  rejected += one.rejected;
  open += one.open;
  queued += one.queued;
  away += one.away;
  sent += one.sent;
  refused += one.refused;
  received += one.received;
  dropped += one.dropped;
  for (std::size_t i = 0; i < replaced.size(); ++i) {
    replaced[i] += one.replaced[i];
  }
}

void Board::fold(const SharedArray<WorkerCounts>& counts) {
  for (const WorkerCounts& one : counts) ended_.add(one);
  ended_.open = ended_.queued = ended_.away = 0;
}

Json Board::look(const std::vector<Seen>& generations) const {
  const std::int64_t now = now_ns();
  Sums sums = ended_;
  Json workers = Json::array();
  std::uint32_t serving = 0;
  for (const Seen& generation : generations) {
    if (generation.state == std::string_view("serving")) {
      serving = generation.number;
    }
    for (const WorkerCounts& one : generation.counts) {
      sums.add(one);
      if (one.thread == 0 || workers.size() == kMostShown) continue;
      workers.push_back(worker_row(generation, one, now));
    }
  }
  for (std::size_t i = 0; i < kCauses.size(); ++i) {
    sums.replaced[i] += replaced_[i];
  }
  return {{"model", model_},
          {"process", getpid()},
          {"up_s", seconds_between(since_, now)},
          {"generation", serving},
          {"requests", sums.requests},
          {"errors", sums.errors},
          {"bytes", sums.bytes},
          {"connections", sums.connections},
          {"rejected", sums.rejected},
          {"open_connections", sums.open},
          {"queued", sums.queued},
          {"away", sums.away},
          {"messages",
           {{"sent", sums.sent},
            {"refused", sums.refused},
            {"received", sums.received},
            {"dropped", sums.dropped}}},
          {"replaced", by_cause(sums.replaced)},
          {"reloads", {{"done", reloads_[0]}, {"failed", reloads_[1]}}},
          {"workers", std::move(workers)}};
}

std::vector<Board::Passed> Board::over(const Limits& limits,
                                       const Json& workers,
                                       std::uint32_t generation) {
  constexpr double kSoon = 1;  // seconds
  std::vector<Passed> all;
  for (const Json& worker : workers) {
    if (worker.at("generation") != generation) continue;
    if (worker.at("up_s") < kSoon) continue;
    const pid_t process = worker.at("process");
    const Json& memory = worker.at("memory_bytes");
    const Json& requests = worker.at("requests");
    const std::string who = "process " + std::to_string(process);
    const std::uint64_t jitter =
        split_mix(static_cast<std::uint64_t>(process), 0) %
        (limits.requests / 10 + 1);
    if (limits.memory > 0 && memory > limits.memory) {
      all.push_back({process, Cause::memory,
                     who + " has " + memory.dump() +
                         " bytes of memory, more than --max-rss"});
    } else if (limits.requests > 0 && requests >= limits.requests + jitter) {
      all.push_back({process, Cause::requests,
                     who + " has answered " + requests.dump() +
                         " requests, --max-requests"});
    }
  }
  return all;
}

std::string metrics_text(const Json& board) {
  std::string text;
  const auto one = [&](const char* name, const char* type, const char* help,
                       const char* field) {
    Metric(text, name, type, help).say(board.at(field));
  };
  Metric(text, "info", "gauge", "What serves.")
      .say(1, label("model", board.at("model")));
  one("up_seconds", "gauge", "Since the start of the supervisor.", "up_s");
  one("generation", "gauge", "The number of the one that serves.",
      "generation");
  one("requests_total", "counter", "Answers, whatever their status.",
      "requests");
  one("errors_total", "counter", "Answers with a status from 400.", "errors");
  one("answer_bytes_total", "counter", "Bytes of the bodies of answers.",
      "bytes");
  one("connections_total", "counter", "Connections that were taken.",
      "connections");
  one("open_connections", "gauge", "Connections that workers have now.",
      "open_connections");
  one("rejected_total", "counter", "Jobs that found the queue full.",
      "rejected");
  one("queued_jobs", "gauge", "Jobs that wait for a process.", "queued");
  one("jobs_in_processes", "gauge", "Jobs that processes have now.", "away");
  const auto each = [&](const char* name, const char* help, const char* field,
                        const char* by) {
    Metric metric(text, name, "counter", help);
    for (const auto& [key, count] : board.at(field).items()) {
      metric.say(count, label(by, key));
    }
  };
  each("replaced_total", "Processes that were replaced unasked.", "replaced",
       "cause");
  each("reloads_total", "Reloads that came to their end.", "reloads",
       "outcome");
  each("messages_total", "Messages between processes.", "messages", "outcome");
  constexpr struct {
    const char* name;
    const char* type;
    const char* help;
    const char* field;
  } kOfWorkers[] = {
      {"worker_requests_total", "counter", "Answers of a worker.", "requests"},
      {"worker_jobs_total", "counter", "Jobs that it did for another process.",
       "jobs"},
      {"worker_messages_sent_total", "counter", "Messages to other processes.",
       "messages_sent"},
      {"worker_messages_refused_total", "counter",
       "Those that it could not send.", "messages_refused"},
      {"worker_messages_received_total", "counter",
       "Messages that it was given.", "messages_received"},
      {"worker_messages_dropped_total", "counter",
       "Those for it that it was never given.", "messages_dropped"},
      {"worker_unsent_messages", "gauge", "Messages that wait to go.",
       "unsent"},
      {"worker_undelivered_messages", "gauge", "Messages that wait for it.",
       "undelivered"},
      {"worker_open_connections", "gauge", "Connections that it has now.",
       "open_connections"},
      {"worker_memory_bytes", "gauge", "Resident memory of its process.",
       "memory_bytes"},
      {"worker_cpu_seconds_total", "counter", "CPU time of its thread.",
       "cpu_s"},
      {"worker_silent_seconds", "gauge", "Since its loop last turned.",
       "silent_s"}};
  for (const auto& [name, type, help, field] : kOfWorkers) {
    Metric metric(text, name, type, help);
    for (const Json& worker : board.at("workers")) {
      metric.say(worker.at(field),
                 label("generation", worker.at("generation")) + "," +
                     label("process", worker.at("process")) + "," +
                     label("thread", worker.at("thread")));
    }
  }
  return text;
}

}  // namespace bench
