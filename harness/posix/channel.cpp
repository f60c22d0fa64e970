// Channel: descriptors as messages.
#include "harness/posix/channel.h"

#include <cstring>

namespace bench {
namespace {

/// A message of one byte with room for a descriptor beside it.
struct Envelope {
  char byte = 0;
  iovec bytes{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};

  Envelope() {
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
  }
};

}  // namespace

Channel::Sent Channel::send_now(const msghdr& message) {
  const ssize_t sent = retry([&] {
    return sendmsg(fd_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  });
  if (sent >= 0) return Sent::yes;  // a message goes whole or not at all
  const bool later = errno == EAGAIN || errno == ETOOMANYREFS ||
                     errno == ENOBUFS || errno == ENOMEM;
  return later ? Sent::full : Sent::gone;
}

Channel::Sent Channel::send_descriptor(int fd) {
  Envelope envelope;
  cmsghdr* const header = CMSG_FIRSTHDR(&envelope.message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fd);
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  return send_now(envelope.message);
}

Channel::Sent Channel::try_send(std::span<iovec> parts) {
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return send_now(message);
}

ssize_t Channel::try_receive(std::span<std::byte> room) {
  // LESSON: who dies with something unread leaves an error before all that it
  // had sent. It says nothing of what comes behind it. [Linux: unix_release()]
  for (;;) {
    const ssize_t got = retry(
        [&] { return recv(fd(), room.data(), room.size(), MSG_DONTWAIT); });
    if (got >= 0) return got;
    if (errno != ECONNRESET) return -errno;
  }
}

Channel::Received Channel::receive_descriptor(Fd& fd) {
  Envelope envelope;
  const ssize_t got = retry([&] {
    return recvmsg(fd_.get(), &envelope.message,
                   MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  });
  fd.reset();
  if (got < 0 && errno == EAGAIN) return Received::none;
  if (got <= 0) return Received::gone;
  const cmsghdr* const header = CMSG_FIRSTHDR(&envelope.message);
  int received = -1;
  if (header != nullptr && (envelope.message.msg_flags & MSG_CTRUNC) == 0) {
    std::memcpy(&received, CMSG_DATA(header), sizeof received);
  }
  fd = Fd(received);
  return Received::yes;
}

}  // namespace bench
