// For tests of servers: a client that asks, and what it makes of the answers.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/http/testing/cases_base.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"
#include "harness/posix/fd.h"
#include "harness/posix/loopback.h"
#include "harness/posix/poll.h"

namespace bench {

/// How an answer to the routes begins.
constexpr const char* kOk = "HTTP/1.1 200 ";

/// A connection of a client.
class Client {
 public:
  explicit Client(std::uint16_t port)
      : fd_(check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")) {
    const sockaddr_in address = loopback(port);
    check(connect(fd_.get(), general(address), sizeof address), "connect");
  }

  /// False if the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent =
          ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void shut() { shutdown(fd_.get(), SHUT_WR); }
  void close() { fd_.reset(); }
  void reset() {
    reset_when_closed(fd_.get());
    fd_.reset();
  }

  /// What comes until the server closes; dates are left out.
  std::string read_to_end() {
    while (read_some()) {
    }
    return without_dates(std::exchange(got_, ""));
  }

  /// The next `count` answers with a Content-Length. Empty if there are fewer.
  std::string read_answers(int count) {
    std::size_t end = 0;
    while (count > 0) {
      const std::size_t head = got_.find("\r\n\r\n", end);
      std::size_t size = 0;
      if (head != got_.npos) {
        const std::size_t length = got_.find("Content-Length: ", end);
        if (length < head) size = std::stoul(got_.substr(length + 16));
      }
      if (head == got_.npos || got_.size() < head + 4 + size) {
        if (!read_some()) return "";
        continue;
      }
      end = head + 4 + size;
      --count;
    }
    std::string answers = got_.substr(0, end);
    got_.erase(0, end);
    return without_dates(std::move(answers));
  }

  /// True if something lies there to be read.
  bool has_input() { return is_readable(fd_.get()); }

  /// Reads some now and then, `times` times; false if the server closes.
  bool read_slowly(int times, useconds_t pause) {
    std::vector<char> bytes(std::size_t{256} * 1024);
    while (times-- > 0) {
      if (recv(fd_.get(), bytes.data(), bytes.size(), 0) <= 0) return false;
      usleep(pause);
    }
    return true;
  }

  /// True if the server has closed, or does so within a while.
  bool closed() {
    while (read_some()) got_.clear();
    return ended_;
  }

 private:
  bool read_some() {
    // Longer than any limit of a server's, also on a busy machine.
    constexpr std::chrono::minutes kPatience{1};
    if (poll_for(fd_.get(), POLLIN, kPatience) <= 0) return false;
    char bytes[65536];
    const ssize_t size = recv(fd_.get(), bytes, sizeof bytes, 0);
    if (size > 0) got_.append(bytes, static_cast<std::size_t>(size));
    ended_ = size <= 0;
    return size > 0;
  }

  static std::string without_dates(std::string text) {
    for (;;) {
      const std::size_t begin = text.find("Date: ");
      if (begin == text.npos) return text;
      text.erase(begin, text.find("\r\n", begin) + 2 - begin);
    }
  }

  Fd fd_;
  std::string got_;
  bool ended_ = false;
};

/// True if somebody listens on the port; who does has a client less then.
inline bool listens(std::uint16_t port) {
  try {
    Client client(port);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

/// How often `text` begins in some answers.
inline int count_of(const std::string& text, const std::string& answers) {
  int count = 0;
  for (std::size_t at = answers.find(text); at != answers.npos;
       at = answers.find(text, at + 1)) {
    ++count;
  }
  return count;
}

inline std::string ask(std::uint16_t port, const std::string& target) {
  Client client(port);
  client.send(get(target));
  return client.read_answers(1);
}

}  // namespace bench
