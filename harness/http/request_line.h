// RequestLine: method, target and version, and the forms of a target.
#pragma once

#include <string_view>

#include "harness/http/limits.h"
#include "harness/http/refusal.h"

namespace bench {

struct RequestLine {
  std::string_view method;
  /// Origin form ("/path?query") or "*". Of an absolute target, what follows
  /// its authority: perhaps nothing, or a query without a path.
  std::string_view target;
  bool old = false;  ///< HTTP/1.0, not 1.1
};

/// Parses a request line without its CRLF; `parsed` refers to it. Methods of
/// RFC 9110 and 5789 are taken, except CONNECT. [RFC 9112, 3]
Refusal parse_request_line(std::string_view line, const HttpLimits& limits,
                           RequestLine& parsed);

/// Refuses the beginning of a request line if no end could mend it: a line
/// that is refused here is refused with the same words when it is complete.
Refusal check_request_line(std::string_view begin, const HttpLimits& limits);

/// uri-host [ ":" port ], with a host [RFC 9112, 3.2; RFC 3986, 3.2]
bool is_host(std::string_view text);

}  // namespace bench
