// LoadGenerator: threads, the window, and who watches the server meanwhile.
#include "harness/load/generator.h"

#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include "harness/load/client.h"
#include "harness/load/consumption.h"
#include "harness/load/fault.h"
#include "harness/load/report.h"
#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "harness/posix/descriptors.h"
#include "harness/system/cpus.h"

namespace bench {
namespace {

LoadWindow window_from(std::int64_t start, const LoadOrder& order) {
  LoadWindow window;
  window.start = start;
  window.opens = start + to_ns(order.warmup_seconds);
  window.closes = window.opens + to_ns(order.seconds);
  window.gives_up = window.closes + to_ns(order.timeout_seconds);
  return window;
}

void sleep_until(std::int64_t moment) {
  sleep_for(std::chrono::nanoseconds(moment - now_ns()));
}

/// Looks at the server at both ends of the window. What takes long is read
/// before the moment, by as much as it took at the first try: at the start
/// that is in the warm-up.
class Watch {
 public:
  explicit Watch(pid_t server) : server_(server) {
    if (server_ == 0) return;
    const std::int64_t began = now_ns();
    first_.emplace(server_);
    takes_ = now_ns() - began;
  }

  void watch(const LoadWindow& window) {
    if (server_ == 0) return;
    first_ = reading_at(window.opens);
    last_ = reading_at(window.closes);
  }

  Json report() const {
    return first_ && last_ ? last_->since(*first_) : Json();
  }

 private:
  Consumption reading_at(std::int64_t moment) const {
    sleep_until(moment - takes_);
    Consumption use(server_);
    sleep_until(moment);
    use.read_clocks();
    return use;
  }

  pid_t server_;
  std::int64_t takes_ = 0;
  std::optional<Consumption> first_;
  std::optional<Consumption> last_;
};

void refuse_nonsense(const LoadOrder& order) {
  if (order.port == 0 || order.requests.empty() || order.connections == 0 ||
      order.threads == 0 || !(order.seconds > 0) ||
      !(order.timeout_seconds > 0) || (order.rate && !(*order.rate > 0))) {
    throw std::invalid_argument("an order for load lacks something: " +
                                to_text(order));
  }
}

void raise_descriptors(const LoadOrder& order) {
  constexpr rlim_t kOthers = 64;  // epoll, /proc, standard streams
  const rlim_t needed =
      rlim_t{order.connections} + order.idle_connections + kOthers;
  const rlim_t limit = raise_descriptor_limit(needed);
  if (limit < needed) {
    throw std::runtime_error(
        std::to_string(order.connections + order.idle_connections) +
        " connections need " + std::to_string(needed) +
        " descriptors, and this process may open " + std::to_string(limit) +
        " (ulimit -n)");
  }
}

}  // namespace

Json run_load(LoadOrder order) {
  refuse_nonsense(order);
  order.threads = std::min(order.threads, order.connections);
  raise_descriptors(order);
  if (!order.cpus.empty()) bind_to(order.cpus);
  // A timer may otherwise be 50 us late on purpose; threads inherit this.
  // [prctl(2), PR_SET_TIMERSLACK]
  prctl(PR_SET_TIMERSLACK, 1);

  std::vector<std::unique_ptr<LoadClient>> clients;
  for (std::uint32_t i = 0; i < order.threads; ++i) {
    clients.push_back(std::make_unique<LoadClient>(order, i));
  }
  // What comes and goes has no figures of its own.
  Watch watch(order.fault ? 0 : order.server_pid);
  std::latch opened(order.threads);
  std::promise<LoadWindow> start;
  std::shared_future<LoadWindow> started = start.get_future().share();
  std::vector<std::jthread> threads;
  for (const auto& client : clients) {
    threads.emplace_back([&opened, started, &client = *client] {
      client.open();
      opened.count_down();
      client.run(started.get());
    });
  }
  opened.wait();
  const LoadWindow window = window_from(now_ns(), order);
  start.set_value(window);
  std::optional<Damage> damage;
  if (order.fault) damage = damage_server(order, window.opens, window.closes);
  watch.watch(window);
  threads.clear();  // joins

  Tally sum = clients.front()->tally();
  for (std::size_t i = 1; i < clients.size(); ++i) {
    sum.merge(clients[i]->tally());
  }
  Json report = load_report(order, sum, watch.report());
  report["fault"] = damage ? fault_figures(order, *damage, sum.asked) : Json();
  return report;
}

int run_load_process(const std::vector<std::string>& words) {
  const LoadOrder order = from_text<LoadOrder>(words.at(1));
  const Fd report(std::stoi(words.at(2)));
  write_all(report.get(), to_line(run_load(order)), "the report");
  return 0;
}

}  // namespace bench
