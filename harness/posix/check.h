// One helper turns the error of a system call into an exception.
// For set-up code only: the measured path looks at return values itself.
#pragma once

#include <cerrno>
#include <string>
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

}  // namespace bench
