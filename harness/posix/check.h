// One helper turns the error of a system call into an exception.
// For set-up code only: the measured path looks at return values itself.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace bench {

/// Throws std::system_error with the current errno; `what` names the call
/// and its subject ("open /tmp/x").
[[noreturn]] inline void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Returns `result`, or throws std::system_error if it is negative.
template <typename Integer>
Integer check(Integer result, const char* what) {
  if (result < 0) throw_errno(what);
  return result;
}

/// Calls `call` again while it fails with EINTR; returns its last result.
template <typename Call>
auto retry(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// Writes all of `text`; throws std::system_error, "write WHAT". A write is
/// short where a disk or a limit is reached; the next one says why.
inline void write_all(int fd, std::string_view text, const std::string& what) {
  while (!text.empty()) {
    const ssize_t written =
        retry([&] { return ::write(fd, text.data(), text.size()); });
    if (written < 0) throw_errno("write " + what);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace bench
