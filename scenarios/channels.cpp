// Channels: through the kernel, and through memory that both see.
#include "scenarios/channels.h"

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
#include <cstdint>
#include <cstring>
#include <mutex>
#include <stdexcept>

#include "harness/posix/check.h"
#include "harness/posix/fd.h"
#include "harness/posix/loopback.h"
#include "harness/posix/shared_array.h"

namespace bench {
namespace {

/// Through the kernel, in pieces that a socket of packets takes, too.
class Descriptors : public Way {
 public:
  Descriptors(int in, int out) : in_(in), out_(out) {}

  void send(const Payload& message) override {
    move(message.size(), [&](std::size_t from, std::size_t size) {
      return write(in_.get(), message.data() + from, size);
    });
  }
  void receive(Payload& message) override {
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

  void send(const Payload& message) override {
    std::memcpy(bytes_.begin(), message.data(), message.size());
    wake();
  }
  void receive(Payload& message) override {
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
     local_sockets<SOCK_SEQPACKET>, false, true},
    {"process-tcp", "TCP over loopback", tcp},
};

}  // namespace

std::span<const Medium> media_of_threads() { return kOfThreads; }
std::span<const Medium> media_of_processes() { return kOfProcesses; }

Ways stream_sockets() { return local_sockets<SOCK_STREAM>(0); }

}  // namespace bench
