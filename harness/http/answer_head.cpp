// AnswerHead: pieces that are ready, put one behind the other.
#include "harness/http/answer_head.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace bench {
namespace {

/// "Sun, 06 Nov 1994 08:49:37 GMT" [RFC 9110, 5.6.7]
constexpr std::size_t kDateSize = 29;

/// Longer than any date could be, as far as the compiler knows.
using DateText = std::array<char, 64>;

struct DateOfThread {
  std::time_t second = -1;
  DateText text;
};

/// In English whatever the locale is, unlike strftime(3).
void format_date(std::time_t second, DateText& text) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed",
                                   "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc;
  gmtime_r(&second, &utc);
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                kDays[utc.tm_wday], utc.tm_mday, kMonths[utc.tm_mon],
                utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::string_view date() {
  thread_local DateOfThread cached;
  const std::time_t now = std::time(nullptr);
  if (now != cached.second) {
    format_date(now, cached.text);
    cached.second = now;
  }
  return {cached.text.data(), kDateSize};
}

/// Appends; the caller has seen to the room.
class Writer {
 public:
  explicit Writer(char* begin) : begin_(begin), end_(begin) {}
  Writer& operator<<(std::string_view text) {
    std::memcpy(end_, text.data(), text.size());
    end_ += text.size();
    return *this;
  }
  Writer& operator<<(std::uint64_t number) {
    constexpr std::size_t kDigits = 20;
    end_ = std::to_chars(end_, end_ + kDigits, number).ptr;
    return *this;
  }
  std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }

 private:
  char* const begin_;
  char* end_;
};

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 417:
      return "Expectation Failed";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";  // a phrase may be absent [RFC 9112, 4]
  }
}

std::size_t write_head(const AnswerHead& head, std::span<char> room) {
  Writer out(room.data());
  if (head.status == 200) {
    out << "HTTP/1.1 200 OK";
  } else {
    out << "HTTP/1.1 " << static_cast<std::uint64_t>(head.status) << " "
        << reason_phrase(head.status);
  }
  out << "\r\nServer: bench\r\nDate: " << date();
  constexpr std::string_view kTypes[] = {"text/plain", "application/json",
                                         "text/html; charset=utf-8"};
  out << "\r\nContent-Type: " << kTypes[static_cast<std::size_t>(head.type)];
  out << "\r\nContent-Length: " << head.length;
  if (head.status == 503) out << "\r\nRetry-After: 1";  // [RFC 9110, 10.2.3]
  if (!head.allow.empty()) out << "\r\nAllow: " << head.allow;
  if (head.connection == AnswerHead::Connection::close) {
    out << "\r\nConnection: close";
  } else if (head.connection == AnswerHead::Connection::keep_alive) {
    out << "\r\nConnection: keep-alive";
  }
  out << "\r\n\r\n";
  return out.size();
}

}  // namespace bench
