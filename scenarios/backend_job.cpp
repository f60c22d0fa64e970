// The job that asks a backend: connect or reuse, ask, wait, read the answer.
#include <algorithm>
#include <cerrno>
#include <new>

#include "harness/backend/exchange.h"
#include "scenarios/waiting_job.h"

namespace bench {
namespace {

class BackendJob : public WaitingJob {
 public:
  BackendJob(const Waiting& what, std::uint64_t key,
             std::chrono::nanoseconds wait, std::uint16_t port)
      : WaitingJob(what, key),
        port_(port),
        question_{
            key,
            static_cast<std::uint32_t>(
                std::chrono::round<std::chrono::microseconds>(wait).count()),
            what.bytes, what.keep_alive ? 1u : 0u} {}

 private:
  Step wait(ssize_t result) noexcept override {
    switch (state_) {
      case State::begin:
        state_ = State::connecting;
        return what_.keep_alive ? Step::connect_or_reuse(port_, what_.patience)
                                : Step::connect(port_, what_.patience);
      case State::connecting:
        reused_ = result == 1;
        state_ = State::writing;
        break;
      case State::writing:
        written_ += static_cast<std::size_t>(result);
        break;
      case State::reading:
        // An end before the whole answer: whoever it was, it hung up on us.
        if (result == 0) return trouble(ECONNABORTED);
        if (static_cast<std::size_t>(result) > left()) {
          return Step::failed(EPROTO);  // more than was asked for
        }
        digest_so_far_.add({room_.get(), static_cast<std::size_t>(result)});
        read_ += static_cast<std::size_t>(result);
        break;
    }
    if (state_ == State::writing) {
      const auto bytes = std::as_bytes(std::span(&question_, 1));
      if (written_ < bytes.size()) return Step::write(bytes.subspan(written_));
      state_ = State::reading;
      if (room_ == nullptr) {
        room_.reset(new (std::nothrow) std::byte[room_size()]);
      }
      if (room_ == nullptr) return Step::failed(ENOMEM);
    }
    if (left() > 0) return Step::read({room_.get(), room_size()});
    digest_ = digest_so_far_.value();
    return what_.keep_alive ? Step::finished_and_keep() : Step::finished();
  }

  /// A backend may close a connection that it has kept in the very moment in
  /// which a job takes it. Nothing of an answer has come then, and the job asks
  /// once more, on a new one, where this cannot happen. Whoever has waited in
  /// vain does not. [RFC 9112, 9.3.1]
  Step trouble(int error) noexcept override {
    const bool closed =
        error == ECONNABORTED || error == ECONNRESET || error == EPIPE;
    if (!closed || !reused_ || read_ > 0) return Step::failed(error);
    written_ = 0;
    state_ = State::connecting;
    return Step::connect(port_, what_.patience);
  }

  std::size_t left() const { return what_.bytes - read_; }

  /// A byte more than the answer, so that a read that brings all of it finds
  /// nothing left to look for.
  std::size_t room_size() const {
    constexpr std::size_t kMost = 64 << 10;
    return std::min<std::size_t>(std::size_t{what_.bytes} + 1, kMost);
  }

  enum class State : std::uint8_t { begin, connecting, writing, reading };
  State state_ = State::begin;
  bool reused_ = false;  ///< the connection had been kept
  const std::uint16_t port_;
  const Question question_;
  std::size_t written_ = 0;
  std::size_t read_ = 0;
  std::unique_ptr<std::byte[]> room_;
  Digest digest_so_far_;
};

}  // namespace

std::unique_ptr<Job> make_backend_job(const Waiting& what, std::uint64_t key,
                                      std::chrono::nanoseconds wait,
                                      std::uint16_t port) noexcept {
  return std::make_unique<BackendJob>(what, key, wait, port);
}

}  // namespace bench
