// LoadClient: the bytes of its connections.
//
// Each socket is in epoll(7) once, for both directions and edge-triggered:
// no call is spent on changing that.
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

#include "harness/load/client.h"
#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "harness/posix/loopback.h"

namespace bench {
bool LoadClient::connect(LoadConnection& connection) {
  connection.fd = connecting_socket(server_, connection.source);
  if (connection.fd) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &connection;
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.fd.get(), &event) !=
        0) {
      connection.fd.reset();
    }
  }
  if (!connection.fd) {
    ++tally_.connect_failed;
    return false;
  }
  ++tally_.opened;
  connection.reader.reset();
  return true;
}

void LoadClient::disconnect(LoadConnection& connection) {
  connection.fd.reset();
  connection.connected = false;
  connection.reused = false;
}

void LoadClient::on_event(LoadConnection& connection, std::uint32_t events) {
  if (!connection.fd) return;  // closed by an event before this one
  const bool hung_up = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if ((events & EPOLLOUT) != 0 && (events & (EPOLLHUP | EPOLLERR)) == 0) {
    connection.connected = true;
  }
  if (connection.place == LoadConnection::Place::busy &&
      connection.written < kinds_[connection.kind].bytes.size()) {
    transmit(connection, now_ns());
  }
  if (hung_up || (events & EPOLLIN) != 0) receive(connection, hung_up);
}

void LoadClient::transmit(LoadConnection& connection, std::int64_t now) {
  if (!connection.fd && !connect(connection)) {
    fail(connection, Failure::refused, now);
    rest(connection, now);
    return;
  }
  const std::string& bytes = kinds_[connection.kind].bytes;
  while (connection.written < bytes.size()) {
    const ssize_t sent = retry([&] {
      return send(connection.fd.get(), bytes.data() + connection.written,
                  bytes.size() - connection.written, MSG_NOSIGNAL);
    });
    if (sent < 0) {
      if (errno != EAGAIN) on_end(connection, errno, now);
      return;
    }
    connection.connected = true;
    connection.written += static_cast<std::size_t>(sent);
  }
}

void LoadClient::receive(LoadConnection& connection, bool hung_up) {
  while (connection.fd) {
    const ssize_t got = retry([&] {
      return recv(connection.fd.get(), buffer_.data(), buffer_.size(), 0);
    });
    if (got < 0 && errno == EAGAIN) return;
    const std::int64_t now = now_ns();
    if (got <= 0) {
      on_end(connection, got == 0 ? 0 : errno, now);
      return;
    }
    const auto size = static_cast<std::size_t>(got);
    if (connection.place != LoadConnection::Place::busy) {
      disconnect(connection);  // nobody has asked for that
      if (connection.parked) rest(connection, now);
      return;
    }
    const AnswerReader::State state =
        connection.reader.feed(buffer_.data(), size);
    if (state != AnswerReader::State::partial) {
      on_answer(connection, state, hung_up, now);
      // Less than there was room for: the socket is empty. What comes from now
      // on makes an event of its own. [epoll(7), edge-triggered]
      if (size < buffer_.size()) return;
    } else if (size < buffer_.size() && !hung_up) {
      return;
    }
  }
}

/// `error`: 0 at the orderly end of the stream, or the errno of what broke it.
void LoadClient::on_end(LoadConnection& connection, int error,
                        std::int64_t now) {
  if (connection.place != LoadConnection::Place::busy) {
    if (!connection.connected) ++tally_.connect_failed;
    disconnect(connection);
    if (connection.parked) rest(connection, now);
  } else if (error == 0 && connection.reader.begun()) {
    on_answer(connection, connection.reader.finish(), true, now);
  } else if (!connection.connected) {
    on_loss(connection, Failure::refused, now);
  } else {
    on_loss(connection, error == 0 ? Failure::closed_early : Failure::reset,
            now);
  }
}

void LoadClient::on_answer(LoadConnection& connection,
                           AnswerReader::State state, bool hung_up,
                           std::int64_t now) {
  const AnswerReader& reader = connection.reader;
  const bool whole = state == AnswerReader::State::complete;
  if (state == AnswerReader::State::cut) {
    fail(connection, reader.has_head() ? Failure::cut_body : Failure::cut_head,
         now);
  } else if (!whole) {
    fail(connection, Failure::not_http, now);
  } else if (!reader.right_status()) {
    fail(connection, Failure::wrong_status, now);
  } else if (!reader.right_body()) {
    fail(connection, Failure::wrong_body, now);
  } else {
    succeed(connection, now);
  }
  if (whole && !hung_up && order_.keep_alive && reader.keeps_alive()) {
    connection.reused = true;
  } else {
    disconnect(connection);
  }
  go_on(connection, now);
}

void LoadClient::on_loss(LoadConnection& connection, Failure failure,
                         std::int64_t now) {
  // A server may close a kept connection at the very moment when the next
  // request leaves. Not a byte has come back, and what is asked for here may
  // be asked for twice. [RFC 9112, 9.3.1]
  const bool stale =
      connection.reused && !connection.reader.begun() && !connection.retried;
  if (!connection.connected) ++tally_.connect_failed;
  disconnect(connection);
  if (stale) {
    ++tally_.stale;
    connection.retried = true;
    connection.written = 0;
    transmit(connection, now);
    return;
  }
  fail(connection, failure, now);
  rest(connection, now);
}

}  // namespace bench
