// RequestLine: every byte of it is looked at here, before llhttp sees it.
#include "harness/http/request_line.h"

#include <algorithm>
#include <cstddef>

#include "harness/http/characters.h"

namespace bench {
namespace {

constexpr std::string_view kMethods[] = {"GET",    "HEAD",    "POST",  "PUT",
                                         "DELETE", "OPTIONS", "TRACE", "PATCH"};
/// The longest method that is waited for; no known one is as long.
constexpr std::size_t kLongestMethod = 32;

/// unreserved, sub-delims and "%" [RFC 3986, 3.2.2]
constexpr ByteSet kHostBytes("-._~!$&'()*+,;=%");
constexpr ByteSet kAddressBytes("-._~!$&'()*+,;=:");

constexpr Refusal kNotMethod{400, "the method is not a token"};
constexpr Refusal kUnknownMethod{501, "unknown method"};
constexpr Refusal kLongTarget{414, "the target is too long"};
constexpr Refusal kBadTarget{400, "the target is none of HTTP"};
constexpr Refusal kNoVersion{400, "the request line does not end in HTTP/1.1"};
constexpr std::size_t kVersionSize = 8;  // HTTP/1.1

bool is_hex_digit(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

/// HTTP/1.1, HTTP/1.0, or why not.
Refusal check_version(std::string_view version, bool& old) {
  constexpr std::string_view kOne = "HTTP/1.";
  if (version.size() == kVersionSize && version.starts_with(kOne) &&
      (version[7] == '1' || version[7] == '0')) {
    old = version[7] == '0';
    return {};
  }
  const bool other = version.size() == kVersionSize &&
                     version.starts_with("HTTP/") && is_digit(version[5]) &&
                     version[6] == '.' && is_digit(version[7]);
  if (other) return {505, "this server speaks HTTP/1.1 and HTTP/1.0"};
  return kNoVersion;
}

/// Bytes that a target may have. Those that RFC 3986 wants encoded and clients
/// send as they are ('|', '"', ...) do no harm; a fragment is never sent.
bool has_target_bytes(std::string_view target) {
  return std::all_of(target.begin(), target.end(),
                     [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
}

/// Makes /path of http://host/path [RFC 9112, 3.2.2].
Refusal strip_authority(std::string_view& target) {
  constexpr std::string_view kScheme = "http://";
  if (!is_word(target.substr(0, kScheme.size()), kScheme)) return kBadTarget;
  target.remove_prefix(kScheme.size());
  const std::size_t end = std::min(target.find_first_of("/?"), target.size());
  // This refuses "user@host" too, which leads people astray [RFC 9110, 4.2.4].
  if (!is_host(target.substr(0, end))) {
    return {400, "the target's host is none"};
  }
  target.remove_prefix(end);
  return {};
}

}  // namespace

bool is_host(std::string_view text) {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == text.npos) return false;
    const std::string_view address = text.substr(1, close - 1);
    const bool future = !address.empty() && lower(address.front()) == 'v';
    const bool right =
        future ? kAddressBytes.has_all(address)
               : std::all_of(address.begin(), address.end(), [](char c) {
                   return is_hex_digit(c) || c == ':' || c == '.';
                 });
    if (address.size() < 2 || !right) return false;
    port = text.substr(close + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    const std::string_view name = text.substr(0, colon);
    if (name.empty() || !kHostBytes.has_all(name)) return false;
    for (std::size_t i = name.find('%'); i != name.npos;
         i = name.find('%', i + 1)) {
      if (i + 2 >= name.size() || !is_hex_digit(name[i + 1]) ||
          !is_hex_digit(name[i + 2])) {
        return false;
      }
    }
    port = text.substr(colon);
  }
  if (port.empty()) return true;
  return port.front() == ':' && port.size() <= 6 &&
         std::all_of(port.begin() + 1, port.end(), is_digit);
}

Refusal check_request_line(std::string_view begin, const HttpLimits& limits) {
  const std::size_t space = begin.find(' ');
  const std::string_view method = begin.substr(0, space);
  if (space == 0 ||
      !kTokenBytes.has_all(method.substr(0, kLongestMethod + 1))) {
    return kNotMethod;
  }
  if (method.size() > kLongestMethod) return kUnknownMethod;
  if (space == begin.npos) return {};
  const std::string_view rest = begin.substr(space + 1);
  const std::size_t end = std::min(rest.find(' '), rest.size());
  if (end > limits.target) return kLongTarget;
  if (rest.size() > end + 1 + kVersionSize) return kNoVersion;
  return {};
}

Refusal parse_request_line(std::string_view line, const HttpLimits& limits,
                           RequestLine& parsed) {
  if (const Refusal early = check_request_line(line, limits)) return early;
  const std::size_t first = line.find(' ');
  parsed.method = line.substr(0, first);
  if (first == line.npos) return {400, "the request line has no target"};
  const std::size_t second = line.find(' ', first + 1);
  parsed.target = line.substr(first + 1, second - first - 1);
  if (second == line.npos) return kNoVersion;
  const Refusal version = check_version(line.substr(second + 1), parsed.old);
  if (version) return version;
  if (std::find(std::begin(kMethods), std::end(kMethods), parsed.method) ==
      std::end(kMethods)) {
    return kUnknownMethod;
  }
  if (!has_target_bytes(parsed.target)) return kBadTarget;
  if (parsed.target.starts_with('/')) return {};
  if (parsed.target == "*") {
    return parsed.method == "OPTIONS" ? Refusal{} : kBadTarget;
  }
  return strip_authority(parsed.target);
}

}  // namespace bench
