// Choices: lists that the user gives, expanded.
#include "harness/sweep/choices.h"

#include <algorithm>
#include <stdexcept>

namespace bench {

std::vector<int> numbers(const std::string& flag, const std::string& text,
                         int low, int high) {
  std::set<int> found;
  const auto number = [&](const std::string& part) {
    return static_cast<int>(parse_integer(flag, part, low, high));
  };
  for (const std::string& part : split_list(text)) {
    const std::size_t dots = part.find("..");
    if (dots == std::string::npos) {
      found.insert(number(part));
      continue;
    }
    const int from = number(part.substr(0, dots));
    const int to = number(part.substr(dots + 2));
    if (from > to) {
      throw std::invalid_argument(
          flag + " takes ranges from low to high, got '" + part + "'");
    }
    for (int i = from; i <= to; ++i) found.insert(i);
  }
  return {found.begin(), found.end()};
}

std::vector<Parameters> combinations(const std::vector<Parameter>& known,
                                     const Values& asked,
                                     std::set<std::string>& unused) {
  std::vector<Parameters> all(1);
  for (const Parameter& parameter : known) {
    const auto found =
        parameter.found ? asked.end() : asked.find(parameter.name);
    std::vector<std::string> values = split_list(parameter.fallback);
    if (found != asked.end()) {
      unused.erase(parameter.name);
      values.clear();
      for (const std::string& text : found->second) {
        values.push_back(parameter.checked(text));
      }
      if (!parameter.instead_of.empty() &&
          asked.contains(parameter.instead_of)) {
        throw std::invalid_argument("--" + parameter.name +
                                    " takes the place "
                                    "of --" +
                                    parameter.instead_of +
                                    "; give one of the two");
      }
    }
    std::vector<Parameters> next;
    for (const Parameters& one : all) {
      for (const std::string& value : values) {
        Parameters more = one;
        if (!value.empty()) more.set(parameter.name, value);
        if (found != asked.end() && !parameter.instead_of.empty()) {
          more.set(parameter.instead_of, "");
        }
        if (std::find(next.begin(), next.end(), more) == next.end()) {
          next.push_back(more);
        }
      }
    }
    all = std::move(next);
  }
  return all;
}

}  // namespace bench
