// Serve: from an order to a model that serves.
#include "harness/repetition/serve.h"

#include <signal.h>
#include <unistd.h>

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
  return {kThisBinary, "__work", to_text(order), to_text(work),
          std::to_string(getpid())};
}

/// Of those who have served, and of loops that could have.
std::vector<WorkerAccount> account_of(const Server& server) {
  std::vector<WorkerAccount> all;
  for (const WorkerCounts& one : server.all_counts()) {
    if (one.connections == 0 && !one.loops) continue;
    all.push_back({one.thread, one.connections, one.requests});
  }
  return all;
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
  if (what.account >= 0) {
    write_all(what.account, to_text(account_of(server)), "the account");
  }
}

}  // namespace

int run_serve(const std::vector<std::string>& words) {
  serve(from_text<ServeOrder>(words.at(1)), std::stoi(words.at(2)));
  return 0;
}

}  // namespace bench
