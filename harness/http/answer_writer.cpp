// AnswerWriter: a buffer, and the rest of the answer that did not fit.
#include "harness/http/answer_writer.h"

namespace bench {

bool AnswerWriter::has_room() {
  if (!tail_.empty()) return false;
  if (buffer_.room().size() >= kSmall) return true;
  if (buffer_.capacity() >= kLarge) return false;
  buffer_.grow(kLarge);
  return true;
}

void AnswerWriter::add(const AnswerHead& head, AnswerTail body,
                       bool head_only) {
  // Only a long Allow, or 100 Continue in front of it, makes it grow here.
  const std::size_t size = kLongestHead + head.allow.size();
  if (buffer_.room().size() < size) buffer_.grow(buffer_.size() + size);
  buffer_.added(write_head(head, buffer_.room()));
  if (head_only) return;
  tail_ = body;
  fill_from_tail();
}

/// Whatever fits goes out with the head: one call and one packet fewer.
void AnswerWriter::fill_from_tail() {
  while (!tail_.empty() && !buffer_.room().empty()) {
    const std::string_view piece = tail_.piece(buffer_.room().size());
    buffer_.add(piece);
    tail_.remove(piece.size());
  }
}

std::string_view AnswerWriter::next() {
  if (buffer_.empty()) return tail_.piece(kPiece);
  if (!tail_.empty()) {
    buffer_.grow(kLarge);
    fill_from_tail();
  }
  const std::span<const char> bytes = buffer_.bytes();
  return {bytes.data(), bytes.size()};
}

void AnswerWriter::sent(std::size_t size) {
  if (buffer_.empty()) {
    tail_.remove(size);
  } else {
    buffer_.remove(size);
  }
}

}  // namespace bench
