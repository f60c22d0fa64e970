// Routes: from a target to work, from work to a job, from a job to an answer.
#include "scenarios/routes.h"

#include <atomic>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <list>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/core/registry.h"
#include "scenarios/kernels.h"
#include "scenarios/query.h"

namespace bench {
namespace {

enum class Kind : std::uint32_t {
  plaintext,
  json,
  cpu,
  waiting,
  numbered,
  leak
};

/// The scenarios of /work/SCENARIO/I, by Work::choice.
constexpr const char* kNumbered[] = {"cpu", "io", "mixed", "null"};
/// The kernels of /cpu?kernel=, by Work::choice.
constexpr const char* kKernels[] = {"sqrt", "pbkdf2", "primes"};

constexpr std::string_view kGreeting = "Hello, World!";

Answer text_answer(int status, std::string_view text) {
  Answer answer;
  answer.status = static_cast<std::uint16_t>(status);
  answer.set_body(text);
  return answer;
}

Route refusal(int status, std::string_view text) {
  Route route;
  route.answer = text_answer(status, text);
  return route;
}

Route work(Kind kind, std::uint32_t choice = 0, std::uint64_t index = 0,
           double amount = 0, double share = 0) {
  Route route;
  route.kind = Route::Kind::work;
  route.work = {static_cast<std::uint32_t>(kind), choice, index, amount, share};
  return route;
}

/// {"digest":"0123456789abcdef"}
Answer digest_answer(std::uint64_t digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  char text[] = "{\"digest\":\"0000000000000000\"}";
  for (int digit = 26; digit > 10; --digit, digest >>= 4) {
    text[digit] = kDigits[digest & 15];
  }
  Answer answer = text_answer(200, {text, sizeof text - 1});
  answer.type = Answer::Type::json;
  return answer;
}

Answer json_answer() {
  // Made anew for each request: that is the point of this route.
  const nlohmann::json message = {{"message", kGreeting}};
  Answer answer = text_answer(200, message.dump());
  answer.type = Answer::Type::json;
  return answer;
}

/// A job of a scenario that lives as long as its last job.
class KeptJob : public Job {
 public:
  KeptJob(std::shared_ptr<const Scenario> scenario, std::size_t i)
      : scenario_(std::move(scenario)), job_(scenario_->job(i)) {}
  Step resume(ssize_t result) noexcept override { return job_->resume(result); }
  std::uint64_t digest() const noexcept override { return job_->digest(); }

 private:
  const std::shared_ptr<const Scenario> scenario_;
  const std::unique_ptr<Job> job_;
};

/// Nobody will ever free it: each page is written to, so that it is there.
class Leak : public Job {
 public:
  explicit Leak(std::uint64_t mib) : bytes_(mib << 20) {}
  Step resume(ssize_t) noexcept override {
    if (std::exchange(asked_, true)) {
      kept.emplace_back(bytes_, 'x');
      return Step::finished();
    }
    return Step::compute();
  }
  std::uint64_t digest() const noexcept override { return bytes_; }

 private:
  static thread_local inline std::list<std::string> kept;
  const std::uint64_t bytes_;
  bool asked_ = false;
};

/// The parameters of a scenario when nobody says anything.
Parameters defaults_of(const ScenarioInfo& info) {
  Parameters parameters;
  for (const Parameter& parameter : info.parameters) {
    if (parameter.fallback.empty()) continue;
    parameters.set(parameter.name, split_list(parameter.fallback).front());
  }
  return parameters;
}

class Routes : public Service {
 public:
  explicit Routes(const RouteOptions& options)
      : options_(options), id_(next_id_.fetch_add(1)) {}

  Route route(std::string_view method,
              std::string_view target) const noexcept override {
    const std::size_t mark = target.find('?');
    const std::string_view path = target.substr(0, mark);
    Query query(mark == target.npos ? "" : target.substr(mark + 1));
    const bool echo = path == "/echo";
    std::optional<Route> found = route_path(path, query);
    if (!found) return refusal(404, not_found(path));
    if (echo ? method != "POST" : method != "GET" && method != "HEAD") {
      Route refused = refusal(405, echo ? "/echo takes POST\n"
                                        : "this target takes GET and HEAD\n");
      refused.allow = echo ? "POST" : "GET, HEAD";
      return refused;
    }
    const std::string complaint = query.complaint(path);
    return complaint.empty() ? *found : refusal(400, complaint + "\n");
  }

  std::unique_ptr<Job> job(const Work& work) const noexcept override {
    if (greets(work)) return nullptr;
    if (work.kind == static_cast<std::uint32_t>(Kind::leak)) {
      return std::make_unique<Leak>(work.index);
    }
    return std::make_unique<KeptJob>(kept_scenario(work), work.index);
  }

  Answer answer(const Work& work, const Job* job) const noexcept override {
    return greets(work) ? greeting(work) : digest_answer(job->digest());
  }

  Answer expected(const Work& work) const override {
    return greets(work) ? greeting(work)
                        : digest_answer(scenario(work)->expected(work.index));
  }

  void prepare_worker() const override {
    for (const char* kernel : kKernels) kernel_named(kernel).run(0, 1);
  }

 private:
  static bool greets(const Work& work) {
    return work.kind <= static_cast<std::uint32_t>(Kind::json);
  }
  static Answer greeting(const Work& work) {
    return work.kind == static_cast<std::uint32_t>(Kind::json)
               ? json_answer()
               : text_answer(200, kGreeting);
  }

  static std::string not_found(std::string_view path) {
    return "there is no " + std::string(path.substr(0, 40)) +
           "; try /plaintext /json /cpu?us=100 /io?ms=5 /mixed?ms=5&us=100 "
           "/work/cpu/0 /bytes?n=1000 /echo /health\n";
  }

  std::optional<Route> route_path(std::string_view path, Query& query) const {
    if (path == "/plaintext") return work(Kind::plaintext);
    if (path == "/json") return work(Kind::json);
    if (path == "/health") return refusal(200, "ok\n");
    if (path == "/echo") return Route{.kind = Route::Kind::echo};
    if (path == "/cpu") return cpu_route(query);
    if (path == "/io") {
      return work(Kind::waiting, 0, query.index("i"), query.milliseconds());
    }
    if (path == "/mixed") {
      const double ms = query.milliseconds();
      const double us = query.number("us", 1, 10e6, 100);
      return work(Kind::waiting, 0, query.index("i"), ms, us);
    }
    if (path == "/bytes") {
      Route route{.kind = Route::Kind::bytes};
      route.count = static_cast<std::uint64_t>(query.whole("n", 0, 1e9, 1000));
      return route;
    }
    if (path == "/leak" && options_.leaks) {
      return work(Kind::leak, 0,
                  static_cast<std::uint64_t>(query.whole("mib", 1, 1024, 64)));
    }
    return numbered_route(path);
  }

  Route cpu_route(Query& query) const {
    const std::size_t kernel = query.word("kernel", kKernels);
    const std::uint64_t i = query.index("i");
    const bool by_size = query.has("size") || kernel != 0;
    const double size = by_size ? query.whole("size", 1, 1e12, 1000)
                                : size_of(query.number("us", 1, 10e6, 100));
    if (by_size && query.has("us")) {
      query.complain("takes us, or size and perhaps kernel, not both");
    }
    return work(Kind::cpu, static_cast<std::uint32_t>(kernel), i, size);
  }

  static std::optional<Route> numbered_route(std::string_view path) {
    constexpr std::string_view kPrefix = "/work/";
    if (!path.starts_with(kPrefix)) return std::nullopt;
    const std::size_t slash = path.find('/', kPrefix.size());
    if (slash == path.npos) return std::nullopt;
    const std::string_view id =
        path.substr(kPrefix.size(), slash - kPrefix.size());
    for (std::uint32_t choice = 0; choice < std::size(kNumbered); ++choice) {
      if (id != kNumbered[choice]) continue;
      std::uint64_t i = 0;
      const std::string_view text = path.substr(slash + 1);
      const auto [read, error] = std::from_chars(text.begin(), text.end(), i);
      if (read != text.end() || error != std::errc() || i > kMostIndex) {
        return refusal(400, "/work/SCENARIO/I takes a job number up to " +
                                std::to_string(kMostIndex) + "\n");
      }
      return work(Kind::numbered, choice, i);
    }
    return std::nullopt;
  }

  double size_of(double microseconds) const {
    return std::max(1.0, std::round(static_cast<double>(options_.size_per_ms) *
                                    microseconds / 1000));
  }

  std::unique_ptr<Scenario> scenario(const Work& work) const {
    const auto kind = static_cast<Kind>(work.kind);
    const ScenarioInfo& info =
        scenario_named(kind == Kind::cpu       ? "cpu"
                       : kind == Kind::waiting ? "io"
                                               : kNumbered[work.choice]);
    Parameters parameters = defaults_of(info);
    double size = work.amount;
    if (kind == Kind::cpu) {
      parameters.set("kernel", kKernels[work.choice]);
    } else if (kind == Kind::waiting) {
      parameters.set("wait-ms", shortest(work.amount));
      size = work.share > 0 ? size_of(work.share) : 0;
    } else if (info.id == "mixed") {
      parameters.set("cpu-share", "50");
      size = size_of(1e6 * info.demand(parameters).compute);
    } else {
      size = info.id == "cpu" ? size_of(parameters.real("job-us")) : 0;
    }
    if (size > 0) parameters.set("size", shortest(size));
    return info.make(parameters, options_.seed, options_.surroundings);
  }

  /// Each thread keeps the scenarios that it was asked for last.
  std::shared_ptr<const Scenario> kept_scenario(const Work& work) const {
    constexpr std::size_t kKept = 64;
    using Key =
        std::tuple<std::uint64_t, std::uint32_t, std::uint32_t, double, double>;
    thread_local std::map<Key, std::shared_ptr<const Scenario>> kept;
    const Key key(id_, work.kind, work.choice, work.amount, work.share);
    const auto found = kept.find(key);
    if (found != kept.end()) return found->second;
    if (kept.size() >= kKept) kept.clear();
    return kept[key] = scenario(work);
  }

  const RouteOptions options_;
  const std::uint64_t id_;  ///< tells the objects of one process apart
  static inline std::atomic<std::uint64_t> next_id_{0};
};

}  // namespace

std::unique_ptr<Service> make_routes(const RouteOptions& options) {
  return std::make_unique<Routes>(options);
}

}  // namespace bench
