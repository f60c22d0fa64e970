// BackendServer: the loop of the backend, one epoll and one timer.
#pragma once

#include <sys/epoll.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <queue>
#include <span>
#include <vector>

#include "harness/backend/backend_ledger.h"
#include "harness/backend/exchange.h"
#include "harness/posix/fd.h"

namespace bench {

/// Answers all that comes to its listeners until the process is killed. One
/// thread, no allocation per request once the tables have grown.
class BackendServer {
 public:
  /// `helpers` are processes that share the listeners: when one ends, so does
  /// this one. REQUIRES: the listeners do not block; `page` is this process's.
  BackendServer(std::span<const Fd> listeners, std::span<const pid_t> helpers,
                BackendPage& page);

  [[noreturn]] void run();

 private:
  enum class State : std::uint8_t { receiving, waiting, sending };

  /// A connection's slot is used again; the generation tells an event or a
  /// time that was meant for the one before.
  struct Slot {
    int fd = -1;
    std::uint32_t generation = 0;
    Question question{};
    std::uint32_t received = 0;  ///< bytes of the request
    std::uint32_t sent = 0;      ///< bytes of the answer
    std::uint32_t events = 0;    ///< for which the epoll looks
    std::int64_t due = 0;
    State state = State::receiving;
    bool last_word = false;  ///< the client will say nothing more
  };
  struct Due {
    std::int64_t at;
    std::uint32_t slot;
    std::uint32_t generation;
    friend bool operator>(const Due& a, const Due& b) { return a.at > b.at; }
  };

  void dispatch(const epoll_event& event);
  void watch_listeners();
  void pause_listeners();
  void accept_from(int listener);
  void receive(std::uint32_t index);
  void begin_wait(std::uint32_t index);
  void send(std::uint32_t index);
  void end_answer(std::uint32_t index);
  void watch(std::uint32_t index, std::uint32_t events);
  void close(std::uint32_t index);
  void do_due(std::int64_t until);
  void hang_up();
  void arm_timer();
  void add_event(int fd, std::uint64_t tag, std::uint32_t events);

  std::span<const Fd> listeners_;
  BackendPage& page_;
  Fd epoll_;
  Fd timer_;
  std::vector<Fd> helpers_;
  bool paused_ = false;     ///< no descriptor was left for a newcomer
  std::int64_t armed_ = 0;  ///< when timer_ goes off or went off
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> answered_;  ///< to be closed after this turn
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::array<std::byte, 65536> piece_;  ///< of the answer being sent
};

}  // namespace bench
