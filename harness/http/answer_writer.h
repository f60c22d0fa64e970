// AnswerWriter: the answers of a connection on their way out, in order.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "harness/http/answer_head.h"
#include "harness/http/answer_tail.h"
#include "harness/http/buffer.h"

namespace bench {

/// Several small answers lie behind each other in one buffer; of a long one
/// the buffer holds the beginning. Allocates only while that is not enough.
/// One thread uses it at a time.
class AnswerWriter {
 public:
  /// True if everything has been sent.
  bool empty() const { return buffer_.empty() && tail_.empty(); }

  /// True if another answer can be added, in memory that is bounded.
  bool has_room();

  /// Adds an answer; of the body nothing if `head_only`.
  /// REQUIRES: has_room(). What `body` refers to lives until it is sent.
  void add(const AnswerHead& head, AnswerTail body, bool head_only);

  /// Adds 100 Continue [RFC 9110, 15.2.1]. REQUIRES: has_room().
  void add_continue() { buffer_.add("HTTP/1.1 100 Continue\r\n\r\n"); }

  /// What is to be sent next. REQUIRES: !empty().
  std::string_view next();
  /// So many bytes of next() have been sent.
  void sent(std::size_t size);

  /// Gives back what an idle connection does not need. REQUIRES: empty().
  void shrink() { buffer_.shrink(); }

 private:
  /// Room for any answer whose body is not long.
  static constexpr std::size_t kSmall = kLongestHead + sizeof(Answer::bytes);
  static constexpr std::size_t kLarge = std::size_t{16} * 1024;
  /// Bytes of a long body that are handed over at once.
  static constexpr std::size_t kPiece = std::size_t{64} * 1024;

  void fill_from_tail();

  AnswerTail tail_;
  Buffer<kSmall> buffer_;
};

}  // namespace bench
