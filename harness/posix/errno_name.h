// The names of errors, as manuals and programmers know them.
#pragma once

#include <exception>
#include <string>

namespace bench {

/// "ECONNRESET"; "errno 4711" if it has no name.
std::string errno_name(int error);

/// "ECONNRESET (Connection reset by peer)".
std::string describe_errno(int error);

/// What an exception says, with the name of the errno if it has one: "fork:
/// Resource temporarily unavailable (EAGAIN)".
std::string reason_of(const std::exception& error);

}  // namespace bench
