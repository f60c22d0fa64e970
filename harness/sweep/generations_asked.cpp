// Generations: what signals ask for.
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "harness/core/registry.h"
#include "harness/core/server.h"
#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "harness/sweep/generations.h"

namespace bench {

void Generations::take_signals(const Configure& configure) {
  signalfd_siginfo got;
  while (retry([&] { return read(incoming_.get(), &got, sizeof got); }) ==
         sizeof got) {
    const auto number = static_cast<int>(got.ssi_signo);
    if (number == SIGUSR1) {
      for (const Board::Seen& one : seen()) herald_.tell_state(one);
    } else if (number == SIGTTIN || number == SIGTTOU) {
      const int more = number == SIGTTIN ? 1 : -1;
      change(more > 0 ? "a worker more" : "a worker less",
             [&] { return with_workers(more); });
    } else if (number == SIGHUP && got.ssi_code != SI_KERNEL) {
      change("a reload", configure);
    } else if (number != SIGHUP || !survives_hangup_) {
      stop();  // a terminal that hangs up wants nobody to stay behind
    }
  }
}

void Generations::change(const std::string& why, const Configure& configure) {
  if (asked_at_ != 0) return;
  try {
    ServeOrder order = configure();
    const ModelInfo& model = model_named(order.order.model);
    const bool own = model_named(next_.order.model).own_listeners;
    if (model.own_listeners != own ||
        (own && order.order.workers < listeners_.size())) {
      throw std::invalid_argument(
          "--model=" + model.name() +
          " --workers=" + std::to_string(order.order.workers) +
          " does not fit the listening sockets, which stay; stop the server "
          "and start it with these flags");
    }
    next_ = std::move(order);
  } catch (const std::exception& error) {
    herald_.say("reload-failed", 0, why + " is not possible: " + error.what());
    herald_.board().reloaded(false);
    return;
  }
  herald_.say("reload", 0, why + " was asked for");
  obey(supervision_.reload(now()));
}

ServeOrder Generations::with_workers(std::int64_t more) const {
  ServeOrder order = next_;
  if (model_named(order.order.model).one_worker) {
    throw std::invalid_argument(order.order.model + " has one worker");
  }
  const std::int64_t workers = order.order.workers + more;
  if (workers < 1) throw std::invalid_argument("the last one must stay");
  order.order.workers = static_cast<std::uint32_t>(workers);
  return order;
}

/// Signals that come together are one stop.
void Generations::stop() {
  if (asked_at_ != 0) {
    if (now_ns() - asked_at_ < kSameStop.count()) return;
    trouble_ = "the server was killed: a second signal came";
  }
  asked_at_ = now_ns();
  obey(supervision_.terminate(now()));
}

}  // namespace bench
