// The bare epoll client: what a hand-written program would do for the same
// exchanges. No job object, no record, no driver: that is what a model adds.
#include "scenarios/epoll_client.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "harness/backend/exchange.h"
#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "harness/posix/fd.h"
#include "harness/posix/loopback.h"
#include "scenarios/random.h"

namespace bench {
namespace {

class EpollClient {
 public:
  EpollClient(std::uint16_t port, std::size_t jobs, std::uint32_t in_flight,
              Question question, std::uint64_t seed, int patience_ms)
      : jobs_(jobs),
        patience_ms_(patience_ms),
        question_(question),
        seed_(seed),
        exchanges_(std::min<std::size_t>(jobs, in_flight)),
        epoll_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
        address_(loopback(port)) {}

  std::uint64_t run() {
    for (std::uint32_t slot = 0; slot < exchanges_.size(); ++slot) begin(slot);
    std::array<epoll_event, 256> events;
    while (finished_ < jobs_) {
      const int count = check(
          retry([&] {
            return epoll_wait(epoll_.get(), events.data(),
                              static_cast<int>(events.size()), patience_ms_);
          }),
          "epoll_wait");
      if (count == 0) {
        errno = ETIMEDOUT;
        throw_errno("wait for an answer");
      }
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        go_on(event.data.u32, event.events);
      }
    }
    return sum_;
  }

 private:
  struct Exchange {
    Fd fd;
    std::uint64_t key = 0;
    std::int64_t begun = 0;
    bool asked = false;
    std::uint32_t received = 0;
    Digest digest;
  };

  /// Uses `slot` for the next job, if there is one.
  void begin(std::uint32_t slot) {
    if (begun_ == jobs_) return;
    Exchange& exchange = exchanges_[slot];
    Fd kept = std::move(exchange.fd);
    exchange = {.key = random_of(seed_, begun_++), .begun = now_ns()};
    if (kept) {  // and the epoll has it
      exchange.fd = std::move(kept);
      ask(exchange);
      return;
    }
    exchange.fd =
        Fd(check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
                 "socket"));
    reset_when_closed(exchange.fd.get());
    const int result =
        connect(exchange.fd.get(), reinterpret_cast<const sockaddr*>(&address_),
                sizeof address_);
    if (result != 0 && errno != EINPROGRESS) throw_errno("connect");
    // Over loopback the handshake is mostly over by now, for this client as
    // for the models: the question can be sent at once.
    ask(exchange);
    // Edge by edge: one call tells of both, that it can be written to, if that
    // is still of interest, and that the answer is there.
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    if (!exchange.asked) event.events |= EPOLLOUT;
    event.data.u32 = slot;
    check(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, exchange.fd.get(), &event),
          "epoll_ctl");
  }

  void go_on(std::uint32_t slot, std::uint32_t events) {
    Exchange& exchange = exchanges_[slot];
    if (!exchange.asked) {
      if ((events & EPOLLOUT) != 0) ask(exchange);
    } else {
      receive(slot);
    }
  }

  /// The first bytes of a connection: there is always room for so few, once it
  /// is there. Not yet asked afterwards: it is not.
  void ask(Exchange& exchange) {
    Question question = question_;
    question.key = exchange.key;
    const ssize_t sent =
        send(exchange.fd.get(), &question, sizeof question, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    exchange.asked = true;
    // A connect that failed is told here, too.
    if (check(sent, "send") != sizeof question) {
      errno = EMSGSIZE;
      throw_errno("send");
    }
  }

  void receive(std::uint32_t slot) {
    Exchange& exchange = exchanges_[slot];
    while (exchange.received < question_.bytes) {
      const std::size_t room = std::min<std::size_t>(
          buffer_.size(), question_.bytes - exchange.received);
      const ssize_t got = retry(
          [&] { return recv(exchange.fd.get(), buffer_.data(), room, 0); });
      if (got < 0 && errno == EAGAIN) return;
      if (check(got, "recv") == 0) {
        errno = ECONNRESET;
        throw_errno("the backend closed before the end of its answer");
      }
      const auto count = static_cast<std::size_t>(got);
      exchange.digest.add({buffer_.data(), count});
      exchange.received += static_cast<std::uint32_t>(count);
    }
    finish(slot);
  }

  void finish(std::uint32_t slot) {
    Exchange& exchange = exchanges_[slot];
    sum_ += exchange.digest.value();
    if (question_.keep == 0) exchange.fd.reset();
    latency_ += now_ns() - exchange.begun;
    ++finished_;
    begin(slot);
  }

  const std::size_t jobs_;
  const int patience_ms_;
  const Question question_;
  const std::uint64_t seed_;
  std::vector<Exchange> exchanges_;
  Fd epoll_;
  const sockaddr_in address_;
  std::array<std::byte, 65536> buffer_;
  std::size_t begun_ = 0;
  std::size_t finished_ = 0;
  std::uint64_t sum_ = 0;
  std::int64_t latency_ = 0;
};

}  // namespace

std::uint64_t run_epoll_client(std::uint16_t port, std::size_t jobs,
                               std::uint32_t in_flight, std::uint32_t wait_us,
                               std::uint32_t bytes, std::uint64_t seed,
                               int patience_ms, bool keep_alive) {
  const Question question{.key = 0,
                          .wait_us = wait_us,
                          .bytes = bytes,
                          .keep = keep_alive ? 1u : 0u};
  return EpollClient(port, jobs, in_flight, question, seed, patience_ms).run();
}

}  // namespace bench
