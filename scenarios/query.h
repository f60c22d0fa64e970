// Query: the parameters behind a target's question mark.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// The largest number of a job in a target.
constexpr std::uint64_t kMostIndex = 1'000'000'000'000;

/// Reads values by name and remembers the first thing that is wrong; what
/// nobody has asked for in the end is wrong too. Where nobody has asked for
/// anything, a query is somebody's way past a cache, and nothing is wrong. One
/// thread uses it.
class Query {
 public:
  /// `text`: "us=100&i=7"; must live as long as the object.
  explicit Query(std::string_view text);

  bool has(std::string_view name) const;
  /// A number in [low, high], or `fallback` if it is not there.
  double number(std::string_view name, double low, double high,
                double fallback);
  /// The same for whole numbers.
  double whole(std::string_view name, double low, double high, double fallback);
  /// The place of the value among `words`; 0 if it is not there.
  std::size_t word(std::string_view name, std::span<const char* const> words);

  std::uint64_t index(std::string_view name) {
    return static_cast<std::uint64_t>(
        whole(name, 0, static_cast<double>(kMostIndex), 0));
  }
  /// "ms": how long a wait takes.
  double milliseconds() { return number("ms", 0.05, 600'000, 5); }

  void complain(const std::string& sentence);

  /// The first thing that is wrong, in a sentence about `path`; "" if nothing
  /// is.
  std::string complaint(std::string_view path) const;

 private:
  struct Item {
    std::string_view name;
    std::string_view value;
    bool used;
  };
  Item* find(std::string_view name);
  double read(std::string_view name, double low, double high, double fallback,
              bool whole);

  std::vector<Item> items_;
  std::vector<std::string_view> known_;
  std::string complaint_;
};

}  // namespace bench
