// Serve: from an order to a model that serves.
#include "harness/repetition/serve.h"

#include <signal.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <stdexcept>

#include "harness/core/registry.h"
#include "harness/core/server.h"
#include "harness/http/admin_pages.h"
#include "harness/http/connection.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"
#include "harness/system/process_group.h"

namespace bench {
namespace {

std::vector<std::string> work_command(const Order& order, const Work& work) {
  return {kThisBinary, "__work", to_text(order), to_text(work),
          std::to_string(getpid())};
}

void serve(const ServeOrder& what, int ready) {
  const Order& order = what.order;
  if (what.seat_bytes != sizeof(WorkerCounts)) {
    throw std::runtime_error(
        "this program counts in another way than its supervisor; a stop and a "
        "start it takes");
  }
  prepare_process(order);
  const std::unique_ptr<Service> service =
      scenario_named(order.scenario)
          .service(order.parameters, order.seed, order.surroundings);
  Hosting hosting{.counts = what.counts,
                  .restarts = what.restarts,
                  .most_waiting = what.most_waiting,
                  .health = std::chrono::nanoseconds(what.health_ns),
                  .grace = std::chrono::nanoseconds(what.grace_ns)};
  for (const int one : what.listeners) hosting.listeners.emplace_back(one);
  const std::uint16_t port = port_of(what.listeners.front());
  hosting.ready = [&] { say_port(ready, port); };
  std::optional<AdminPages> admin;
  if (what.board >= 0) {
    admin.emplace(*service, what.board, what.counts,
                  Server::seats(order.workers));
  }
  const Service& all = admin ? *admin : *service;
  Server server(
      all, http_connections(all, what.limits),
      {order.cpus, order.workers, order.in_flight, order.model_parameters},
      std::move(hosting),
      [&](const Work& work) { return work_command(order, work); });
  stop_on_signals(server);
  const std::unique_ptr<Model> model = model_named(order.model).make();
  model->serve(server);
  // What comes from now on finds no server.
  for (const int one : {SIGTERM, SIGINT, SIGUSR2}) signal(one, SIG_IGN);
}

}  // namespace

int run_serve(const std::vector<std::string>& words) {
  serve(from_text<ServeOrder>(words.at(1)), std::stoi(words.at(2)));
  return 0;
}

}  // namespace bench
