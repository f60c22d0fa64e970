// messages: what it costs to send bytes to somebody else and to be answered.
//
// Two play ping-pong: A sends a message and waits for one of the same size, B
// the other way round. One iteration is one message, so half of there and
// back. They are two threads or two processes, on one core, or bound to two.
// The channels differ only in how to send one and how to wait for one, and
// stand in one table. All copy: whoever has received a message owns it.
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/crew.h"
#include "harness/core/processes.h"
#include "harness/posix/check.h"
#include "harness/posix/loopback.h"
#include "harness/posix/one_shot.h"
#include "harness/posix/shared_array.h"
#include "harness/system/cpus.h"
#include "scenarios/primitives.h"

namespace bench {
namespace {

using Message = std::vector<char>;

/// One direction of a channel. One sends, one receives, in turns.
class Way {
 public:
  virtual ~Way() = default;
  virtual void send(const Message& message) = 0;
  virtual void receive(Message& message) = 0;
};

/// There and back.
using Ways = std::pair<std::unique_ptr<Way>, std::unique_ptr<Way>>;

/// Through the kernel, in pieces that a socket of packets takes, too.
class Descriptors : public Way {
 public:
  Descriptors(int in, int out) : in_(in), out_(out) {}

  void send(const Message& message) override {
    move(message.size(), [&](std::size_t from, std::size_t size) {
      return write(in_.get(), message.data() + from, size);
    });
  }
  void receive(Message& message) override {
    move(message.size(), [&](std::size_t from, std::size_t size) {
      return read(out_.get(), message.data() + from, size);
    });
  }

 private:
  template <typename Call>
  static void move(std::size_t size, Call call) {
    constexpr std::size_t kPiece = std::size_t{64} * 1024;
    for (std::size_t done = 0; done < size;) {
      const ssize_t moved = call(done, std::min(kPiece, size - done));
      if (moved <= 0) throw std::runtime_error("the other end is gone");
      done += static_cast<std::size_t>(moved);
    }
  }

  Fd in_;
  Fd out_;
};

Ways pipes(std::size_t) {
  const auto one = [] {
    int ends[2];
    check(pipe2(ends, O_CLOEXEC), "pipe2");
    return std::make_unique<Descriptors>(ends[1], ends[0]);
  };
  return {one(), one()};
}

/// `a` and `b` are the ends of one connection.
Ways both_ways(int a, int b) {
  const int back = check(dup(a), "dup");
  return {std::make_unique<Descriptors>(a, b),
          std::make_unique<Descriptors>(check(dup(b), "dup"), back)};
}

template <int type>
Ways local_sockets(std::size_t) {
  int ends[2];
  check(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends), "socketpair");
  return both_ways(ends[0], ends[1]);
}

Ways tcp(std::size_t) {
  const auto make = [] {
    return check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  };
  const Fd listener(make());
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  check(bind(listener.get(), general(address), size), "bind");
  check(listen(listener.get(), 1), "listen");
  check(
      getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size),
      "getsockname");
  const int client = make();
  check(connect(client, general(address), size), "connect");
  const int server = check(accept(listener.get(), nullptr, nullptr), "accept");
  for (const int end : {client, server}) {
    const int on = 1;
    setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  reset_when_closed(client);
  return both_ways(client, server);
}

/// Bytes that both see, and a signal that they are there, or have been taken.
class Memory : public Way {
 public:
  explicit Memory(std::size_t size) : bytes_(size) {}

  void send(const Message& message) override {
    std::memcpy(bytes_.begin(), message.data(), message.size());
    wake();
  }
  void receive(Message& message) override {
    wait();
    std::memcpy(message.data(), bytes_.begin(), message.size());
  }

 protected:
  virtual void wake() = 0;
  virtual void wait() = 0;

 private:
  SharedArray<char> bytes_;
};

/// How many messages were sent, and how many received: in lines of their own.
class Counted : public Memory {
 public:
  explicit Counted(std::size_t size) : Memory(size), sent_(1) {}

 protected:
  std::atomic<std::uint32_t>& sent() { return sent_[0]; }
  /// By whoever receives, and only he looks.
  alignas(64) std::uint32_t received_ = 0;

 private:
  SharedArray<std::atomic<std::uint32_t>> sent_;
};

/// LESSON: whoever spins answers soonest and pays all the time that he waits.
/// On one core he spins while the other one could have answered: so it is
/// measured on two cores only.
class Spin : public Counted {
  using Counted::Counted;
  void wake() override { sent().fetch_add(1, std::memory_order_release); }
  void wait() override {
    while (sent().load(std::memory_order_acquire) == received_) {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
    ++received_;
  }
};

/// Sleeps in the kernel at once. Not FUTEX_PRIVATE: also between processes.
class Futex : public Counted {
  using Counted::Counted;
  void wake() override {
    sent().fetch_add(1, std::memory_order_release);
    syscall(SYS_futex, &sent(), FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }
  void wait() override {
    while (sent().load(std::memory_order_acquire) == received_) {
      syscall(SYS_futex, &sent(), FUTEX_WAIT, received_, nullptr, nullptr, 0);
    }
    ++received_;
  }
};

/// Between threads only.
class Condition : public Memory {
  using Memory::Memory;
  void wake() override {
    {
      const std::lock_guard lock(mutex_);
      full_ = true;
    }
    filled_.notify_one();
  }
  void wait() override {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return full_; });
    full_ = false;
  }

  std::mutex mutex_;
  std::condition_variable filled_;
  bool full_ = false;  ///< guarded by mutex_
};

class EventFd : public Memory {
 public:
  explicit EventFd(std::size_t size)
      : Memory(size), event_(check(eventfd(0, EFD_CLOEXEC), "eventfd")) {}

 protected:
  void wake() override { check(eventfd_write(event_.get(), 1), "wake"); }
  void wait() override {
    eventfd_t value;
    check(eventfd_read(event_.get(), &value), "wait");
  }
  const Fd event_;
};

/// As a loop is woken.
class Epoll : public EventFd {
 public:
  explicit Epoll(std::size_t size)
      : EventFd(size),
        epoll_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
    epoll_event event{.events = EPOLLIN, .data = {}};
    check(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, event_.get(), &event),
          "epoll_ctl");
  }

 private:
  void wait() override {
    epoll_event event;
    check(epoll_wait(epoll_.get(), &event, 1, -1), "epoll_wait");
    EventFd::wait();
  }
  const Fd epoll_;
};

template <typename OneWay>
Ways in_memory(std::size_t size) {
  return {std::make_unique<OneWay>(size), std::make_unique<OneWay>(size)};
}

std::size_t message_size() {
  return static_cast<std::size_t>(primitive_task().parameters.integer("bytes"));
}

/// `Workers` is Crew or Processes.
template <typename Workers>
void ping_pong(benchmark::State& state, Ways (*make)(std::size_t)) {
  const std::vector<int>& cpus = primitive_task().cpus;
  const std::size_t turns = (all_iterations(state) + 1) / 2;
  const auto [there, back] = make(message_size());
  Message mine(message_size(), 'a');
  SharedArray<Gate> gate(1);
  Workers other(gate[0], 1, [&](std::uint32_t) {
    bind_to({cpus.back()});
    Message message(message_size());
    const auto answer = [&] {
      there->receive(message);
      back->send(message);
    };
    answer();
    gate[0].enter();
    for (std::size_t i = 0; i < turns; ++i) answer();
  });
  bind_to({cpus.front()});
  const auto ask = [&] {
    there->send(mine);
    back->receive(mine);
  };
  ask();  // brings all pages in
  gate[0].enter();
  while (state.KeepRunningBatch(2)) ask();
  other.join();
  count_usage_from(gate[0]);
}

/// Twenty processes send to twenty others, each to each: what a message costs
/// where many of them lie there when somebody is woken. From the first one to
/// the last: with few of them it would be about the end of forty processes,
/// which is in the CPU time.
void crowd(benchmark::State& state) {
  constexpr std::size_t kSide = 20;
  constexpr std::size_t kPairs = kSide * kSide;
  const std::size_t each =
      std::max<std::size_t>(50, all_iterations(state) / kPairs);
  std::vector<Ways> sockets;
  for (std::size_t i = 0; i < kSide; ++i) {
    sockets.push_back(local_sockets<SOCK_STREAM>(0));
  }
  SharedArray<Gate> gate(1);
  SharedArray<OneShot> signals(2);
  OneShot& begin = signals[0];
  OneShot& end = signals[1];
  SharedArray<std::atomic<std::size_t>> waiting(1);
  waiting[0] = kSide;
  const auto wait_for = [](OneShot& signal) {
    while (!signal.wait_for(1'000'000'000)) {
    }
  };
  Processes all(gate[0], 2 * kSide, [&](std::uint32_t worker) {
    Message message(message_size(), 'a');
    gate[0].enter();
    wait_for(begin);
    if (worker < kSide) {
      for (std::size_t i = 0; i < each * kSide; ++i) {
        sockets[worker].first->receive(message);
      }
      if (waiting[0].fetch_sub(1) == 1) end.fire();
      return;
    }
    for (std::size_t i = 0; i < each; ++i) {
      for (const Ways& ways : sockets) ways.first->send(message);
    }
  });
  gate[0].enter();
  while (state.KeepRunningBatch(
      static_cast<benchmark::IterationCount>(each * kPairs))) {
    begin.fire();
    wait_for(end);
  }
  all.join();
  count_usage_from(gate[0]);
}

/// A way to send one and to wait for one.
struct Medium {
  const char* id;
  const char* summary;
  Ways (*make)(std::size_t size);
  bool spins = false;
};

constexpr Medium kOfThreads[] = {
    {"thread-spin", "memory, and looking at it all the time", in_memory<Spin>,
     true},
    {"thread-futex", "memory and a futex", in_memory<Futex>},
    {"thread-condition", "memory, a mutex and a condition variable",
     in_memory<Condition>},
    {"thread-eventfd", "memory and an eventfd", in_memory<EventFd>},
    {"thread-epoll", "memory, an eventfd and epoll", in_memory<Epoll>},
    {"thread-pipe", "a pipe", pipes},
};
constexpr Medium kOfProcesses[] = {
    {"process-spin", "shared memory, and looking at it all the time",
     in_memory<Spin>, true},
    {"process-futex", "shared memory and a futex", in_memory<Futex>},
    {"process-pipe", "a pipe", pipes},
    {"process-stream", "a socketpair of streams", local_sockets<SOCK_STREAM>},
    {"process-seqpacket", "a socketpair of packets",
     local_sockets<SOCK_SEQPACKET>},
    {"process-tcp", "TCP over loopback", tcp},
};

template <typename Workers>
void register_all(std::span<const Medium> media, const std::string& whom) {
  for (const Medium& medium : media) {
    RegisterPrimitive(
        {.id = medium.id,
         .summary = "a message to another " + whom + ": " + medium.summary,
         .body =
             [make = medium.make](benchmark::State& state) {
               ping_pong<Workers>(state, make);
             },
         .one_worker = true,
         .scenario = "messages",
         .cores = medium.spins ? std::vector{2} : std::vector{1, 2}});
  }
}

const bool registered = [] {
  register_all<Crew>(kOfThreads, "thread");
  register_all<Processes>(kOfProcesses, "process");
  RegisterPrimitive(
      {.id = "crowd",
       .summary = "a message from each of 20 processes to each of 20 others",
       .body = crowd,
       .one_worker = true,
       .scenario = "messages",
       .cores = {1, 2},
       .fits = [](const Parameters& p) { return p.integer("bytes") <= 1024; }});
  return true;
}();

const RegisterScenario scenario{prices(
    "messages", "a message to another thread or process, through each channel",
    {whole_number("bytes", "size of a message, in bytes", 1, 1 << 26,
                  "1,1024,32768,1048576")})};

}  // namespace
}  // namespace bench
