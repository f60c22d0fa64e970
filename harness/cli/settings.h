// Settings: flags from the command line, the environment and bench.toml.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/core/parameters.h"

namespace bench {

/// Something the user typed is wrong: one sentence, exit code 2.
struct UsageError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// A flag of a verb.
struct Flag {
  std::string name;         ///< "job-us": --job-us, BENCH_JOB_US, job-us = ...
  std::string help;         ///< one line, with the default if there is one
  std::string fallback;     ///< "" means "not set"
  bool is_switch = false;   ///< takes no value
  bool repeatable = false;  ///< every use counts
  std::string letter = {};  ///< "q" for -q
  std::string alone = {};   ///< its value if it has none; "": it must have one
};

/// The flag of a parameter; its default is said elsewhere. Where the choice is
/// no or yes, the flag alone is yes.
Flag flag_of(const Parameter& parameter);

/// The values of all flags of a verb, and where each one comes from: command
/// line > environment > bench.toml > default.
class Settings {
 public:
  struct Value {
    std::vector<std::string> texts;
    std::string origin;  ///< "command line", "BENCH_SEED", "bench.toml", ...
  };

  /// Reads `arguments` (without program and verb). Handles --help by printing
  /// `usage` and the flags to stdout and exiting with 0. Throws UsageError.
  static Settings read(const std::string& verb, const std::string& usage,
                       const std::vector<Flag>& flags,
                       const std::vector<std::string>& positionals,
                       std::vector<std::string> arguments);

  bool given(const std::string& name) const;
  /// Given by somebody, and not only by default.
  bool chosen(const std::string& name) const;
  bool on(const std::string& name) const;
  /// The last value; "" if there is none.
  std::string text(const std::string& name) const;
  const std::vector<std::string>& texts(const std::string& name) const;

  /// The value of a flag, checked. Throws std::invalid_argument, one sentence
  /// that names the flag; a time is returned in `unit` ("ms", "s").
  template <typename Number = std::int64_t>
  Number integer(const std::string& name, std::int64_t low,
                 std::int64_t high) const {
    return static_cast<Number>(
        parse_integer("--" + name, text(name), low, high));
  }
  double time(const std::string& name, const std::string& unit, double low,
              double high) const {
    return parse_time("--" + name, text(name), unit, low, high);
  }
  std::string word(const std::string& name,
                   const std::vector<std::string>& words) const {
    return word_of(name, "", words, "").checked(text(name));
  }

  /// Gives a value to a flag that nobody has chosen.
  void fill_in(const std::string& name, const std::string& text,
               const std::string& origin);

  /// Every flag in a line: seed = "1"  # default.
  std::string print() const;

 private:
  void read_environment(const std::vector<Flag>& flags);
  /// The file that --config names, or `fallback` if there is one.
  void read_file(const std::vector<Flag>& flags, const std::string& fallback);

  std::vector<std::string> names_;
  std::map<std::string, Value> values_;
};

}  // namespace bench
