// Parameters: the named knobs of a scenario or a model, and their values.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

/// The value of a parameter that the harness picks by measuring.
inline constexpr const char* kAuto = "auto";

/// One knob: what it is called, what it takes, what it is if nobody says.
struct Parameter {
  enum class Kind { integer, real, word };

  std::string name;  ///< as on the command line: "job-us"
  std::string help;  ///< one line
  Kind kind;
  double low = 0;                  ///< smallest value of a number
  double high = 0;                 ///< largest value of a number
  std::string unit = {};           ///< of a real number that is a time: "us"
  std::vector<std::string> words;  ///< what a word may be
  /// The default; "" means "not set". A list means that all are measured.
  std::string fallback;
  std::string instead_of = {};  ///< the parameter that this one overrides
  bool found = false;           ///< by calibration, and never asked for
  bool is_switch = false;  ///< words are no and yes; the flag takes no value
  bool is_pace = false;    ///< of clients: servers do the same work under each
  /// Not empty: the value may also be kAuto, and the harness takes the first of
  /// these from which the next one is hardly faster.
  std::vector<std::string> candidates = {};

  /// What it is if nobody says and nobody measures.
  std::string settled() const;

  /// "a whole number from 1 to 1000000", "a time from 1 to 600000 ms", "one of
  /// sqrt, pbkdf2, primes".
  std::string takes() const;

  /// Throws std::invalid_argument "--job-us takes ..., got ..." unless `text`
  /// is a value of this parameter; returns it in its shortest form.
  std::string checked(const std::string& text) const;

  Parameter overriding(std::string other) && {
    instead_of = std::move(other);
    return std::move(*this);
  }
  Parameter by_calibration() && {
    found = true;
    return std::move(*this);
  }
  Parameter as_pace() && {
    is_pace = true;
    return std::move(*this);
  }
  Parameter or_auto(std::vector<std::string> values) && {
    candidates = std::move(values);
    fallback = kAuto;
    return std::move(*this);
  }
  Parameter as_switch() && {
    is_switch = true;
    return std::move(*this);
  }
};

/// How parameters are written down.
inline Parameter whole_number(std::string name, std::string help, double low,
                              double high, std::string fallback) {
  return {.name = std::move(name),
          .help = std::move(help),
          .kind = Parameter::Kind::integer,
          .low = low,
          .high = high,
          .fallback = std::move(fallback)};
}
inline Parameter number_of(std::string name, std::string help, double low,
                           double high, std::string fallback) {
  Parameter one = whole_number(std::move(name), std::move(help), low, high,
                               std::move(fallback));
  one.kind = Parameter::Kind::real;
  return one;
}
inline Parameter time_in(std::string unit, std::string name, std::string help,
                         double low, double high, std::string fallback) {
  Parameter one = number_of(std::move(name), std::move(help), low, high,
                            std::move(fallback));
  one.unit = std::move(unit);
  return one;
}
inline Parameter word_of(std::string name, std::string help,
                         std::vector<std::string> words, std::string fallback) {
  return {.name = std::move(name),
          .help = std::move(help),
          .kind = Parameter::Kind::word,
          .words = std::move(words),
          .fallback = std::move(fallback)};
}

/// Values by name; all of them have passed Parameter::checked().
class Parameters {
 public:
  void set(const std::string& name, const std::string& value) {
    values_[name] = value;
  }
  bool has(const std::string& name) const {
    const auto found = values_.find(name);
    return found != values_.end() && !found->second.empty();
  }
  /// REQUIRES: has(name).
  const std::string& word(const std::string& name) const {
    return values_.at(name);
  }
  /// REQUIRES: has(name), and it is a number.
  double real(const std::string& name) const { return std::stod(word(name)); }
  std::int64_t integer(const std::string& name) const {
    return std::stoll(word(name));
  }
  const std::map<std::string, std::string>& all() const { return values_; }

  friend bool operator==(const Parameters&, const Parameters&) = default;

 private:
  std::map<std::string, std::string> values_;
};

/// Reads a number that fills the whole of `text`; throws
/// std::invalid_argument "NAME takes TAKES, got 'TEXT'" if it does not or is
/// outside [low, high].
double parse_real(const std::string& name, const std::string& text, double low,
                  double high);
std::int64_t parse_integer(const std::string& name, const std::string& text,
                           std::int64_t low, std::int64_t high);

/// The same for a time in `unit` ("us", "ms" or "s"), as are `low`, `high` and
/// what is returned. People may give another unit, as in "1.5s" and "100us".
double parse_time(const std::string& name, const std::string& text,
                  const std::string& unit, double low, double high);

/// "a time from 1 to 600000 ms, in ms or with a unit (...)".
std::string takes_time(const std::string& unit, double low, double high);

/// What the help of a verb with such flags says once.
inline constexpr const char* kTimesTake =
    "\nTimes are numbers in the unit that their flag names, or have one "
    "themselves,\nas in 100us, 500ms, 1.5s (ns, us, ms, s, m).";

/// "1,2,4" -> {"1", "2", "4"}; an empty part is kept, so that the reader of
/// the parts can refuse it.
std::vector<std::string> split_list(const std::string& text, char border = ',');

/// The shortest text that reads back as the same number: 0.5, 1000, 1e-07.
std::string shortest(double number);

}  // namespace bench
