// The verb serve: flags -> order -> a server in a process of its own.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <set>
#include <system_error>
#include <utility>

#include "harness/backend/backend.h"
#include "harness/cli/commands.h"
#include "harness/cli/settings.h"
#include "harness/core/registry.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/errno_name.h"
#include "harness/posix/standard_streams.h"
#include "harness/repetition/verify.h"
#include "harness/sweep/generations.h"
#include "harness/sweep/hosted.h"
#include "harness/sweep/placement.h"
#include "harness/sweep/sizing.h"
#include "harness/system/topology.h"

namespace bench {
namespace {

constexpr const char* kServeUsage =
    "Serves the requests of scenario http on 127.0.0.1 until SIGTERM or "
    "Ctrl-C;\nthen answers what has been asked. A second signal ends it at "
    "once.\nWhoever dies is replaced. SIGHUP replaces all without losing a "
    "request, SIGTTIN\nand SIGTTOU do so with a worker more or less, SIGUSR1 "
    "tells who is there.";

constexpr const char* kScenario = "http";

std::vector<std::string> names_of_servers() {
  std::vector<std::string> names;
  for (const ModelInfo& model : all_models()) {
    if (model.serves != ModelInfo::Serves::nobody) {
      names.push_back(model.name());
    }
  }
  return names;
}

std::vector<Flag> serve_flags() {
  std::vector<Flag> flags = {
      {"model", "one model, as ./bench list shows them", "event-loop"},
      {"cores", "CPUs that it may use", "1"},
      {"port", "of 127.0.0.1; 0: any free one", "8080"},
      {"workers", "threads or processes: auto (the rule) or a number", "auto"},
      {"connections",
       "at the same time: how many workers models that block get, with "
       "--workers=auto",
       "256"},
      {"seed", "of the work in requests", "1"},
      {"idle-ms", "patience with a connection between two requests, in ms",
       "60000"},
      {"head-ms", "patience with a slow head of a request, in ms", "10000"},
      {"body-ms", "patience with a slow body of a request, in ms", "30000"},
      {"write-ms", "patience with a client that does not read, in ms", "10000"},
      {"grace-ms", "from the first signal to the last answer, in ms", "5000"},
      {"health-ms",
       "how long a loop may show no life before its process is replaced, in ms",
       "5000"},
      {"config",
       "file with flags, one 'name = value' a line; a reload reads it again",
       ""},
      {"max-rss",
       "MiB of memory from which on a process is replaced; none: whatever it "
       "has",
       ""},
      {"max-requests",
       "of a worker, and up to a tenth more, before its process is replaced; "
       "none: any number",
       ""},
      {"max-queue",
       "jobs that may wait for a process of fork-ipc; who comes then gets 503; "
       "none: any number",
       ""},
      {"no-admin", "no /status, /status.json, /metrics and /cache", "", true},
      {"log", "of events on stderr: plain or json, a line each", "plain"},
      {"max-target", "bytes of a request's target", "8192"},
      {"max-head", "bytes of a request's header fields", "16384"},
      {"max-body", "bytes of a request's body", "1048576"}};
  std::set<std::string> seen;
  for (const ModelInfo& model : all_models()) {
    for (const Parameter& one : model.parameters) {
      if (seen.insert(one.name).second) flags.push_back(flag_of(one));
    }
  }
  return flags;
}

const ModelInfo& chosen_model(const Settings& settings) {
  return model_named(settings.word("model", names_of_servers()));
}

std::chrono::nanoseconds time(const Settings& settings, const char* name) {
  constexpr double kHour = 3'600'000;
  return std::chrono::round<std::chrono::nanoseconds>(
      std::chrono::duration<double, std::milli>(
          settings.time(name, "ms", 1, kHour)));
}

HttpLimits limits_from(const Settings& settings) {
  const auto bytes = [&](const char* name) {
    constexpr std::int64_t kGigabyte = 1 << 30;
    return settings.integer<std::size_t>(name, 1, kGigabyte);
  };
  HttpLimits limits;
  limits.idle_time = time(settings, "idle-ms");
  limits.head_time = time(settings, "head-ms");
  limits.body_time = time(settings, "body-ms");
  limits.write_time = time(settings, "write-ms");
  limits.target = bytes("max-target");
  limits.head = bytes("max-head");
  limits.body = bytes("max-body");
  return limits;
}

/// The model's own parameters: what was given, defaults elsewhere.
Parameters model_parameters(const Settings& settings, const ModelInfo& model) {
  std::set<std::string> own;
  Parameters parameters;
  for (const Parameter& one : model.parameters) {
    own.insert(one.name);
    std::string value = one.settled();
    if (settings.given(one.name)) value = one.checked(settings.text(one.name));
    if (value == kAuto) value = one.settled();  // a server measures nothing
    parameters.set(one.name, value);
  }
  for (const ModelInfo& other : all_models()) {
    for (const Parameter& one : other.parameters) {
      if (own.contains(one.name) || !settings.given(one.name)) continue;
      throw UsageError("--" + one.name + " belongs to other models than " +
                       model.name());
    }
  }
  return parameters;
}

std::uint32_t workers_from(const Settings& settings, const ModelInfo& model,
                           const Parameters& own, int cores,
                           std::uint32_t connections) {
  SizingRequest sizing;
  sizing.cores = cores;
  sizing.limit = connections;
  sizing.requests = true;
  if (own.has("uv-pool")) {
    sizing.uv_pool = static_cast<std::uint32_t>(own.integer("uv-pool"));
  }
  if (settings.text("workers") != "auto") {
    try {
      sizing.workers = {
          settings.integer<std::uint32_t>("workers", 1, kMostWorkers)};
    } catch (const std::invalid_argument&) {
      throw UsageError("--workers takes auto or a whole number from 1 to " +
                       std::to_string(kMostWorkers) + ", got '" +
                       settings.text("workers") + "'");
    }
  }
  return sizes_of(model, sizing).front().workers;
}

Settings settings_from(std::vector<std::string> arguments) {
  return Settings::read("./bench serve", std::string(kServeUsage) + kTimesTake,
                        serve_flags(), {}, std::move(arguments));
}

/// All that the server must know, but for its surroundings.
ServeOrder serve_order_from(const Settings& settings) {
  const ModelInfo& model = chosen_model(settings);
  const Cpus cpus = read_cpus();
  const auto cores =
      static_cast<int>(settings.integer("cores", 1, cpus.effective_cores()));
  const auto connections =
      settings.integer<std::uint32_t>("connections", 1, kMostInFlight);
  ServeOrder what;
  what.limits = limits_from(settings);
  what.restarts = true;
  what.health_ns = time(settings, "health-ms").count();
  what.grace_ns = time(settings, "grace-ms").count();
  if (settings.given("max-queue")) {
    if (model.serves != ModelInfo::Serves::in_parent) {
      throw UsageError(
          "--max-queue takes a model whose parent hands out jobs, as fork-ipc, "
          "got '" +
          settings.text("max-queue") + "' with --model=" + model.name());
    }
    what.most_waiting =
        settings.integer<std::size_t>("max-queue", 0, kMostInFlight);
  }
  Order& order = what.order;
  order.scenario = kScenario;
  order.seed = settings.integer<std::uint64_t>("seed", 0, INT64_MAX);
  order.model = model.name();
  order.model_parameters = model_parameters(settings, model);
  order.cpus = place(cpus, cores).cell;
  order.workers =
      workers_from(settings, model, order.model_parameters, cores, connections);
  order.in_flight = connections;
  const ScenarioInfo& scenario = scenario_named(kScenario);
  for (const Parameter& one : scenario.parameters) {
    // Lists say what a run measures; the server answers all of it.
    order.parameters.set(one.name, one.settled());
  }
  return what;
}

std::vector<Fd> sockets_for(std::uint16_t port, const ModelInfo& model,
                            std::uint32_t workers) {
  try {
    // A port that may be shared is not refused to a second server: whoever
    // wants to share must first have it alone.
    if (port != 0 && model.own_listeners) listen_on(port, /*shared=*/false);
    return listeners_for(port, model, workers);
  } catch (const std::system_error& error) {
    const int number = error.code().value();
    if (number != EADDRINUSE && number != EACCES) throw;
    throw UsageError("--port takes a port that is free, got '" +
                     std::to_string(port) + "': " + error.what() + " (" +
                     errno_name(number) + ")");
  }
}

void announce(std::uint16_t port) {
  const std::string url = "http://127.0.0.1:" + std::to_string(port);
  std::cout << "listening on " << url << "\n";
  flush_stdout();
  if (!isatty(STDERR_FILENO)) return;
  for (const char* target :
       {"/plaintext", "/json", "/cpu?us=100", "/io?ms=5", "/status"}) {
    std::cerr << "  curl '" << url << target << "'\n";
  }
}

/// The same server with what the flags say now: their file may have changed.
ServeOrder reordered(const ServeOrder& first, std::uint16_t port,
                     const std::vector<std::string>& arguments) {
  const Settings settings = settings_from(arguments);
  if (settings.integer<std::uint16_t>("port", 0, 65535) != port) {
    throw UsageError("--port may not change while it serves, got '" +
                     settings.text("port") + "'");
  }
  ServeOrder order = serve_order_from(settings);
  order.order.parameters = first.order.parameters;  // calibrated
  order.order.surroundings = first.order.surroundings;
  return order;
}

Generations::Rules rules_from(const Settings& settings) {
  constexpr std::int64_t kMebibyte = 1 << 20;
  Generations::Rules rules{
      .grace = time(settings, "grace-ms"),
      .health = time(settings, "health-ms"),
      .log = settings.word("log", {"plain", "json"}) == "json"
                 ? Herald::Log::json
                 : Herald::Log::plain,
      .admin = !settings.on("no-admin")};
  if (settings.given("max-rss")) {
    rules.limits.memory =
        settings.integer<std::int64_t>("max-rss", 1, kMebibyte) * kMebibyte;
  }
  if (settings.given("max-requests")) {
    rules.limits.requests =
        settings.integer<std::uint64_t>("max-requests", 1, INT64_MAX);
  }
  return rules;
}

}  // namespace

int serve_command(std::vector<std::string> arguments) {
  const Settings settings = settings_from(arguments);
  ServeOrder what = serve_order_from(settings);
  const Generations::Rules rules = rules_from(settings);
  const auto port = settings.integer<std::uint16_t>("port", 0, 65535);
  std::vector<Fd> listeners =
      sockets_for(port, model_named(what.order.model), what.order.workers);
  const std::uint16_t found = port_of(listeners.front().get());
  Generations generations(what.order.model, std::move(listeners), rules);
  const Backend backend = Backend::start(
      {}, what.order.in_flight, static_cast<int>(what.order.cpus.size()));
  what.order.surroundings.backend_port = backend.port();
  scenario_named(kScenario).calibrate(what.order.parameters,
                                      what.order.surroundings);
  generations.run(
      what, [&] { return reordered(what, port, arguments); },
      [&] { announce(found); });
  return kOk;
}

}  // namespace bench
