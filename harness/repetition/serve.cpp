// Serve: from an order to a model that serves.
#include "harness/repetition/serve.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <stdexcept>

#include "harness/core/registry.h"
#include "harness/core/server.h"
#include "harness/http/connection.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"
#include "harness/system/process_group.h"

namespace bench {
namespace {

std::vector<std::string> work_command(const Order& order, const Work& work) {
  return {kThisBinary, "__work", order.to_text(), to_text(work),
          std::to_string(getpid())};
}

void serve(const ServeOrder& what, int ready) {
  const Order& order = what.order;
  prepare_process(order);
  const std::unique_ptr<Service> service =
      scenario_named(order.scenario)
          .service(order.parameters, order.seed, order.surroundings);
  Fd listener(what.listener);
  const std::uint16_t port = port_of(listener.get());
  Server server(
      *service, http_connections(*service, what.limits),
      {order.cpus, order.workers, order.in_flight, order.model_parameters},
      std::move(listener), [&] { say_port(ready, port); },
      [&](const Work& work) { return work_command(order, work); });
  stop_on_signals(server);
  const std::unique_ptr<Model> model = model_named(order.model).make();
  model->serve(server);
  // What comes from now on finds no server.
  signal(SIGTERM, SIG_IGN);
  signal(SIGINT, SIG_IGN);
}

std::int64_t count(std::chrono::nanoseconds time) { return time.count(); }

}  // namespace

std::string ServeOrder::to_text() const {
  return Json{{"order", order.to_text()},
              {"target", limits.target},
              {"head", limits.head},
              {"fields", limits.fields},
              {"body", limits.body},
              {"head_ns", count(limits.head_time)},
              {"body_ns", count(limits.body_time)},
              {"idle_ns", count(limits.idle_time)},
              {"write_ns", count(limits.write_time)},
              {"grace_ns", count(limits.grace)},
              {"listener", listener}}
      .dump();
}

ServeOrder ServeOrder::from_text(const std::string& text) {
  const Json json = Json::parse(text);
  const auto time = [&](const char* key) {
    return std::chrono::nanoseconds(json.at(key).get<std::int64_t>());
  };
  ServeOrder what;
  what.order = Order::from_text(json.at("order"));
  json.at("target").get_to(what.limits.target);
  json.at("head").get_to(what.limits.head);
  json.at("fields").get_to(what.limits.fields);
  json.at("body").get_to(what.limits.body);
  what.limits.head_time = time("head_ns");
  what.limits.body_time = time("body_ns");
  what.limits.idle_time = time("idle_ns");
  what.limits.write_time = time("write_ns");
  what.limits.grace = time("grace_ns");
  json.at("listener").get_to(what.listener);
  return what;
}

int run_serve(const std::vector<std::string>& words) {
  serve(ServeOrder::from_text(words.at(1)), std::stoi(words.at(2)));
  return 0;
}

}  // namespace bench
