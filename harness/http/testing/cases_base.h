// Case: what a client sends on a connection of its own, and what it gets.
// For tests only; harness/http/testing/cases.h has them all.
#pragma once

#include <string>
#include <vector>

namespace bench {

struct Case {
  std::string name;
  std::string bytes;
  std::vector<int> statuses;  ///< without 100
  bool stays_open = false;
};

inline std::string repeated(std::size_t count, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

inline std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

/// GET /plaintext with these field lines, each with its CRLF, beside Host.
inline std::string get_with(const std::string& fields) {
  return "GET /plaintext HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

/// The same for POST /echo, and what follows the head.
inline std::string post_with(const std::string& fields,
                             const std::string& body = "") {
  return "POST /echo HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

/// A chunked body to /echo.
inline std::string chunks(const std::string& body) {
  return post_with("Transfer-Encoding: chunked\r\n", body);
}

}  // namespace bench
