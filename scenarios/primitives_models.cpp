// The models' own channels, with messages of any size.
//
// What a job costs under a model holds much that is not its channel: a record,
// a clock, a check. Here are the channels alone, as scenarios/messages.cpp has
// the bare ones: the distance is what the model's channel adds, a queue around
// a condition variable, a look at all children before an answer is read.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <uv.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/blocking_queue.h"
#include "harness/core/crew.h"
#include "harness/core/processes.h"
#include "harness/core/star.h"
#include "harness/core/worker_counts.h"
#include "harness/posix/channel.h"
#include "harness/posix/poll.h"
#include "scenarios/ping_pong.h"

namespace bench {
namespace {

/// As models/thread_pool.cpp hands out jobs.
class Queue : public Way {
 public:
  void send(const Payload& message) override { queue_.push(message); }
  void receive(Payload& message) override { message = *queue_.pop(); }

 private:
  BlockingQueue<Payload> queue_{65536};
};

Ways queues(std::size_t) {
  return {std::make_unique<Queue>(), std::make_unique<Queue>()};
}

/// As models/fork_ipc.cpp does: one packet for one message, up to 64 KiB.
class Packets : public Way {
 public:
  Packets(int in, int out) : in_(Fd(in)), out_(Fd(out)) {}

  void send(const Payload& message) override {
    for (const auto piece : pieces_of(std::as_bytes(std::span(message)))) {
      if (!in_.send_bytes(piece)) gone();
    }
  }
  void receive(Payload& message) override {
    const auto room = std::as_writable_bytes(std::span(message));
    for (const auto piece : pieces_of(room)) receive_bytes(piece);
  }

 protected:
  virtual void receive_bytes(std::span<std::byte> piece) {
    if (!out_.receive_bytes(piece)) gone();
  }
  int out() const { return out_.fd(); }

 private:
  [[noreturn]] static void gone() {
    throw std::runtime_error("the other end is gone");
  }

  template <typename Byte>
  static std::vector<std::span<Byte>> pieces_of(std::span<Byte> all) {
    constexpr std::size_t kPiece = std::size_t{64} * 1024;
    std::vector<std::span<Byte>> pieces;
    for (std::size_t at = 0; at < all.size(); at += kPiece) {
      pieces.push_back(all.subspan(at, std::min(kPiece, all.size() - at)));
    }
    return pieces;
  }

  Channel in_;
  Channel out_;
};

/// To the parent, which has many children and looks who has answered.
class Answers : public Packets {
 public:
  Answers(int in, int out)
      : Packets(in, out),
        children_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
    epoll_event event{.events = EPOLLIN, .data = {}};
    check(epoll_ctl(children_.get(), EPOLL_CTL_ADD, this->out(), &event),
          "epoll_ctl");
  }

 private:
  void receive_bytes(std::span<std::byte> piece) override {
    std::array<epoll_event, 64> ready;
    check(epoll_wait(children_.get(), ready.data(), ready.size(), -1),
          "epoll_wait");
    Packets::receive_bytes(piece);
  }
  const Fd children_;
};

Ways packets(std::size_t) {
  auto [parent, child] = Channel::pair();
  const auto copy = [](const Channel& end) {
    return check(fcntl(end.fd(), F_DUPFD_CLOEXEC, 0), "dup");
  };
  return {std::make_unique<Packets>(copy(parent), copy(child)),
          std::make_unique<Answers>(copy(child), copy(parent))};
}

/// As models/event_loop_offload.cpp does: a request to libuv's pool is copied
/// there, and back when the loop is told that it is done.
class Requests {
 public:
  explicit Requests(std::size_t depth) : requests_(depth) {
    uv_loop_init(&loop_);
    uv_work_t first;
    uv_queue_work(
        &loop_, &first,
        [](uv_work_t*) { bind_to({primitive_task().cpus.back()}); }, nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    for (Request& request : requests_) {
      request.owner = this;
      request.mine.assign(message_size(), 'a');
      request.its.resize(message_size());
      request.work.data = &request;
    }
  }
  Requests(const Requests&) = delete;
  Requests& operator=(const Requests&) = delete;
  ~Requests() { uv_loop_close(&loop_); }

  void run(std::size_t all) {
    left_ = all;
    for (Request& request : requests_) submit(request);
    uv_run(&loop_, UV_RUN_DEFAULT);
  }

 private:
  struct Request {
    Requests* owner;
    uv_work_t work;
    Payload mine;
    Payload its;
  };

  void submit(Request& request) {
    if (left_ == 0) return;
    --left_;
    uv_queue_work(
        &loop_, &request.work,
        [](uv_work_t* work) {
          Request& asked = *static_cast<Request*>(work->data);
          asked.its = asked.mine;
        },
        [](uv_work_t* work, int) {
          Request& done = *static_cast<Request*>(work->data);
          done.mine = done.its;
          done.owner->submit(done);
        });
  }

  uv_loop_t loop_;
  std::vector<Request> requests_;
  std::size_t left_ = 0;
};

void offload(benchmark::State& state) {
  setenv("UV_THREADPOOL_SIZE", "1", 1);
  SharedArray<Gate> gate(1);
  Requests requests(message_depth());
  bind_to({primitive_task().cpus.front()});
  requests.run(1);  // all pages are there
  gate[0].enter();
  while (state.KeepRunningBatch(
      static_cast<benchmark::IterationCount>(2 * turns_of(state)))) {
    requests.run(turns_of(state));
  }
  count_usage_from(gate[0]);
}

/// A worker asks another one, and the main process passes on what each says.
void star(benchmark::State& state) {
  constexpr std::size_t kSeats = 4;
  const std::vector<int>& cpus = primitive_task().cpus;
  const std::size_t turns = turns_of(state);
  const std::size_t depth = message_depth();
  const Fd memory = SharedArray<WorkerCounts>::make_memory(kSeats);
  SharedArray<Gate> gate(1);
  Star star(memory.get(), kSeats);
  std::size_t received = 0;
  star.listen([&](const Message&) { ++received; });
  // A message has come, or many.
  const auto hear = [&] {
    poll_for(star.fd(), POLLIN, std::chrono::seconds(1));
    star.attend();
  };
  const auto send = [&](std::uint32_t to, const std::string& bytes) {
    if (star.try_send(to, 0, bytes) != Mailbox::Sent::yes) {
      throw std::runtime_error("a message was refused");
    }
  };
  const auto body = [&](std::uint32_t worker) {
    bind_to({worker == 0 ? cpus.front() : cpus.back()});
    gate[0].enter();
    const std::string bytes(message_size(), 'a');
    std::size_t sent = 0;
    while (received < turns) {
      const std::size_t most =
          worker == 0 ? std::min(turns, received + depth) : received;
      for (; sent < most; ++sent) send(1 - worker, bytes);
      hear();
    }
    for (; sent < turns; ++sent) send(1 - worker, bytes);
    if (worker == 0) send(Star::kMain, "");
    while (star.has_lines()) hear();
  };
  Processes workers(gate[0], 2, body);
  bind_to({cpus.front()});
  gate[0].enter();
  while (state.KeepRunningBatch(
      static_cast<benchmark::IterationCount>(2 * turns))) {
    while (received == 0) hear();
  }
  for (std::uint32_t worker : {0, 1}) star.end(worker);
  workers.join();
  count_usage_from(gate[0]);
}

const bool registered = [] {
  register_channel<Crew>({.id = "thread-pool-queue",
                          .summary = "through the queue of thread-pool",
                          .make = queues,
                          .holds_many = true},
                         "a message to another thread: ");
  RegisterPrimitive(
      price("messages", "thread-offload",
            "a message to another thread: a request of event-loop/offload to "
            "libuv's pool, there and back",
            offload, {1, 2}, few_at_a_time));
  register_channel<Processes>({.id = "process-fork-ipc",
                               .summary = "through a channel of fork-ipc",
                               .make = packets,
                               .holds_many = true},
                              "a message to another process: ");
  RegisterPrimitive(
      price("messages", "process-star",
            "a message to another worker process by way of the main one", star,
            {1, 2}, [](const Parameters& parameters) {
              return few_at_a_time(parameters) &&
                     parameters.integer("bytes") <= Message::kMostBytes;
            }));
  return true;
}();

}  // namespace
}  // namespace bench
