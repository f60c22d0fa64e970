// Parameters: checking what people type.
#include "harness/parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace bench {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& takes,
                         const std::string& got) {
  throw std::invalid_argument(name + " takes " + takes + ", got '" + got + "'");
}

std::string range(const std::string& kind, double low, double high) {
  return kind + " from " + shortest(low) + " to " + shortest(high);
}

}  // namespace

std::string shortest(double number) {
  if (number == std::floor(number) && std::abs(number) < 1e15) {
    return std::to_string(static_cast<std::int64_t>(number));
  }
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number);
  return {buffer, end.ptr};
}

double parse_real(const std::string& name, const std::string& text, double low,
                  double high) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end ||
      !(value >= low && value <= high)) {
    refuse(name, range("a number", low, high), text);
  }
  return value;
}

std::int64_t parse_integer(const std::string& name, const std::string& text,
                           std::int64_t low, std::int64_t high) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end || value < low ||
      value > high) {
    refuse(name,
           range("a whole number", static_cast<double>(low),
                 static_cast<double>(high)),
           text);
  }
  return value;
}

std::vector<std::string> split_list(const std::string& text, char border) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (;;) {
    const std::size_t to = text.find(border, from);
    parts.push_back(text.substr(from, to - from));
    if (to == std::string::npos) return parts;
    from = to + 1;
  }
}

std::string Parameter::takes() const {
  if (kind == Kind::integer) return range("a whole number", low, high);
  if (kind == Kind::real) return range("a number", low, high);
  std::string all = "one of ";
  for (const std::string& word : words) {
    all += (word == words.front() ? "" : ", ") + word;
  }
  return all;
}

std::string Parameter::checked(const std::string& text) const {
  const std::string flag = "--" + name;
  switch (kind) {
    case Kind::integer:
      return std::to_string(parse_integer(flag, text,
                                          static_cast<std::int64_t>(low),
                                          static_cast<std::int64_t>(high)));
    case Kind::real:
      return shortest(parse_real(flag, text, low, high));
    case Kind::word:
      if (std::find(words.begin(), words.end(), text) == words.end()) {
        refuse(flag, takes(), text);
      }
      return text;
  }
  return text;
}

}  // namespace bench
