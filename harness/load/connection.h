// LoadConnection: one of the connections of a load generator, and the lines in
// which connections wait.
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/load/answer_reader.h"
#include "harness/posix/fd.h"

namespace bench {

/// A connection without a socket is a free one too: it connects when it gets
/// a request. Only its client touches it.
struct LoadConnection {
  enum class Place { free, busy, resting };

  Fd fd;
  AnswerReader reader;
  Place place = Place::free;
  std::uint32_t source = 0;  ///< own address is 127.0.0.(1 + source)
  bool connected = false;
  bool parked = false;  ///< one of those that are only held open
  bool reused = false;  ///< this socket has brought an answer before
  bool retried = false;
  bool counted = false;     ///< the request belongs to the window
  std::size_t kind = 0;     ///< of the request
  std::size_t written = 0;  ///< bytes of it
  std::int64_t from = 0;    ///< when it was meant to leave; now_ns()
  std::int64_t sent = 0;    ///< when it left, or its connection was asked for
  std::int64_t free_since = 0;

  LoadConnection* before = nullptr;  // the neighbours in the line it stands in
  LoadConnection* behind = nullptr;
};

/// A queue out of the middle of which one may step. A connection stands in one
/// line at a time.
class Line {
 public:
  bool empty() const { return first_ == nullptr; }
  LoadConnection* first() const { return first_; }

  void append(LoadConnection& connection) {
    connection.before = last_;
    connection.behind = nullptr;
    (last_ != nullptr ? last_->behind : first_) = &connection;
    last_ = &connection;
  }
  void remove(LoadConnection& connection) {
    (connection.before != nullptr ? connection.before->behind : first_) =
        connection.behind;
    (connection.behind != nullptr ? connection.behind->before : last_) =
        connection.before;
  }

 private:
  LoadConnection* first_ = nullptr;
  LoadConnection* last_ = nullptr;
};

}  // namespace bench
