// Server: readiness and the end.
#include "harness/server.h"

// glibc 2.36 forgot to give this header C linkage. [glibc bug 29453]
extern "C" {
#include <sys/pidfd.h>
}

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <tuple>
#include <utility>

#include "harness/http/connection.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"

namespace bench {

Server::Server(
    const Service& service, const HttpLimits& limits, Resources resources,
    Fd listener, std::function<void()> ready,
    std::function<std::vector<std::string>(const Work&)> work_command)
    : service_(service),
      limits_(limits),
      resources_(std::move(resources)),
      listener_(std::move(listener)),
      ready_(std::move(ready)),
      work_command_(std::move(work_command)),
      stop_fd_(check(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      stopping_(1),
      connections_(1),
      gate_(1),
      maker_(getpid()) {}

Fd Server::another_listener() const {
  return listen_on(port_of(listener_.get()), /*shared=*/true);
}

std::unique_ptr<Job> Server::connection(const Queue* queue) const noexcept {
  return make_http_connection(service_, limits_, stopping_[0], queue);
}

void Server::enter(std::uint32_t parties) {
  prepare_worker();
  gate().enter(parties);
  if (getpid() == maker_ && gettid() == maker_) ready_();
}

void Server::stop() noexcept {
  stopping_[0].store(true, std::memory_order_release);
  // Nobody ever reads it: it stays readable for everybody.
  const std::uint64_t one = 1;
  std::ignore = write(stop_fd_.get(), &one, sizeof one);
}

void Server::wait_for_stop(const std::vector<Child>& children) {
  std::vector<Fd> ends;
  std::vector<pollfd> events = {{stop_fd(), POLLIN, 0}};
  for (const Child& child : children) {
    ends.emplace_back(check(pidfd_open(child.pid(), 0), "pidfd_open"));
    events.push_back({ends.back().get(), POLLIN, 0});
  }
  check(retry([&] { return poll(events.data(), events.size(), -1); }), "poll");
  stop();
}

}  // namespace bench
