// Mailbox: a header, bytes, and what waits.
#include "harness/core/mailbox.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace bench {
namespace {

struct Header {
  std::uint32_t from;
  std::uint32_t to;
  std::uint32_t type;
  std::uint32_t length;  ///< of the bytes that follow
};

}  // namespace

Channel::Sent Mailbox::pass(const Message& message) {
  Header header{message.from, message.to, message.type,
                static_cast<std::uint32_t>(message.bytes.size())};
  // Nobody writes through this pointer.
  std::array<iovec, 2> parts{
      {{&header, sizeof header},
       {const_cast<char*>(message.bytes.data()), message.bytes.size()}}};
  const Channel::Sent sent = end_.try_send(parts);
  if (sent == Channel::Sent::yes) ++passed_;
  return sent;
}

Mailbox::Sent Mailbox::try_send(const Message& message) {
  if (message.bytes.size() > Message::kMostBytes) return Sent::too_large;
  flush();
  if (waiting_.empty()) {
    const Channel::Sent sent = pass(message);
    if (sent == Channel::Sent::yes) return Sent::yes;
    if (sent == Channel::Sent::gone) return Sent::gone;
  }
  // LESSON: a queue without an end hides that its reader is too slow, until the
  // memory is full. Whoever is told so can wait, say so, or leave it.
  if (waiting_.size() == kMostWaiting) return Sent::full;
  waiting_.push_back(message);
  most_waiting_ = std::max(most_waiting_, waiting_.size());
  return Sent::yes;
}

void Mailbox::flush() {
  while (!waiting_.empty() && pass(waiting_.front()) == Channel::Sent::yes) {
    waiting_.pop_front();
  }
}

std::optional<Message> Mailbox::receive() {
  room_.resize(sizeof(Header) + Message::kMostBytes);
  const ssize_t got = over_ ? 0 : end_.try_receive(room_);
  if (got < 0) return std::nullopt;
  Header header{};
  const auto size = static_cast<std::size_t>(got);
  std::memcpy(&header, room_.data(), sizeof header);
  // What does not keep to the form is none of ours, and ends the line too.
  over_ = size < sizeof header || header.length != size - sizeof header;
  if (over_) return std::nullopt;
  const auto* const bytes =
      reinterpret_cast<const char*>(room_.data() + sizeof header);
  return Message{header.from, header.to, header.type, {bytes, header.length}};
}

}  // namespace bench
