// Parameters: checking what people type.
#include "harness/core/parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace bench {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& takes,
                         const std::string& got) {
  throw std::invalid_argument(name + " takes " + takes + ", got '" + got + "'");
}

std::string range(const std::string& kind, double low, double high) {
  return kind + " from " + shortest(low) + " to " + shortest(high);
}

std::string range_of_times(const std::string& unit, double low, double high) {
  return range("a time", low, high) + " " + unit;
}

/// The number that fills the whole of `text`, if it is one.
std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), value);
  if (error != std::errc() || end != text.end()) return std::nullopt;
  return value;
}

/// How many nanoseconds make a unit of time; 0 if there is no such unit.
double nanoseconds_in(std::string_view unit) {
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}};
  for (const auto& [name, nanoseconds] : kUnits) {
    if (name == unit) return nanoseconds;
  }
  return 0;
}

/// The nearest number of 15 digits: what people write in one unit is then short
/// in another one as well, 0.57s are 570 ms and not 569.9999999999999.
double rounded(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value,
                                 std::chars_format::general, 15);
  return number_in({buffer, end.ptr}).value_or(value);
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
  const std::optional<double> value = number_in(text);
  if (!value || !(*value >= low && *value <= high)) {
    refuse(name, range("a number", low, high), text);
  }
  return *value;
}

std::string takes_time(const std::string& unit, double low, double high) {
  return range_of_times(unit, low, high) + ", in " + unit +
         " or with a unit (ns, us, ms, s, m)";
}

double parse_time(const std::string& name, const std::string& text,
                  const std::string& unit, double low, double high) {
  const std::string_view whole = text;
  const std::size_t border = whole.find_last_of("0123456789.") + 1;
  const std::string_view given = whole.substr(border);
  std::optional<double> value = number_in(whole.substr(0, border));
  const double scale = nanoseconds_in(given.empty() ? unit : given);
  if (value && given != "" && given != unit) {
    value = rounded(*value * scale / nanoseconds_in(unit));
  }
  if (!value || scale == 0 || !(*value >= low && *value <= high)) {
    refuse(name, takes_time(unit, low, high), text);
  }
  return *value;
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

std::string Parameter::settled() const {
  if (fallback == kAuto && !candidates.empty()) return candidates.front();
  return split_list(fallback).front();
}

std::string Parameter::takes() const {
  if (!candidates.empty()) {
    Parameter measured = *this;
    measured.candidates.clear();
    return std::string(kAuto) + " or " + measured.takes();
  }
  if (kind == Kind::integer) return range("a whole number", low, high);
  if (!unit.empty()) return range_of_times(unit, low, high);
  if (kind == Kind::real) return range("a number", low, high);
  std::string all = "one of ";
  for (const std::string& word : words) {
    all += (word == words.front() ? "" : ", ") + word;
  }
  return all;
}

std::string Parameter::checked(const std::string& text) const {
  const std::string flag = "--" + name;
  if (!candidates.empty()) {
    if (text == kAuto) return text;
    Parameter measured = *this;
    measured.candidates.clear();
    try {
      return measured.checked(text);
    } catch (const std::invalid_argument&) {
      refuse(flag, takes(), text);
    }
  }
  switch (kind) {
    case Kind::integer:
      return std::to_string(parse_integer(flag, text,
                                          static_cast<std::int64_t>(low),
                                          static_cast<std::int64_t>(high)));
    case Kind::real:
      return shortest(unit.empty() ? parse_real(flag, text, low, high)
                                   : parse_time(flag, text, unit, low, high));
    case Kind::word:
      if (std::find(words.begin(), words.end(), text) == words.end()) {
        refuse(flag, takes(), text);
      }
      return text;
  }
  return text;
}

}  // namespace bench
