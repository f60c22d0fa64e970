// Query: reading and refusing.
#include "scenarios/query.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "harness/core/parameters.h"

namespace bench {

Query::Query(std::string_view text) {
  while (!text.empty()) {
    const std::size_t border = text.find('&');
    const std::string_view part = text.substr(0, border);
    const std::size_t equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    if (find(name) != nullptr) complain("takes each parameter once");
    items_.push_back(
        {name, equals == part.npos ? "" : part.substr(equals + 1), false});
    text = border == text.npos ? "" : text.substr(border + 1);
  }
}

Query::Item* Query::find(std::string_view name) {
  const auto found =
      std::find_if(items_.begin(), items_.end(),
                   [&](const Item& item) { return item.name == name; });
  return found == items_.end() ? nullptr : &*found;
}

bool Query::has(std::string_view name) const {
  return std::any_of(items_.begin(), items_.end(),
                     [&](const Item& item) { return item.name == name; });
}

double Query::number(std::string_view name, double low, double high,
                     double fallback) {
  return read(name, low, high, fallback, false);
}

double Query::whole(std::string_view name, double low, double high,
                    double fallback) {
  return read(name, low, high, fallback, true);
}

double Query::read(std::string_view name, double low, double high,
                   double fallback, bool whole) {
  known_.push_back(name);
  Item* const item = find(name);
  if (item == nullptr) return fallback;
  item->used = true;
  double value = 0;
  const auto [read, error] =
      std::from_chars(item->value.begin(), item->value.end(), value);
  const bool right = read == item->value.end() && error == std::errc() &&
                     value >= low && value <= high &&
                     (!whole || value == std::floor(value));
  if (right) return value;
  complain("takes " + std::string(name) + "= a " +
           (whole ? "whole number" : "number") + " from " + shortest(low) +
           " to " + shortest(high) + ", got '" +
           std::string(item->value.substr(0, 40)) + "'");
  return fallback;
}

std::size_t Query::word(std::string_view name,
                        std::span<const char* const> words) {
  known_.push_back(name);
  Item* const item = find(name);
  if (item == nullptr) return 0;
  item->used = true;
  std::string all;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (item->value == words[i]) return i;
    all += (i == 0 ? "" : ", ") + std::string(words[i]);
  }
  complain("takes " + std::string(name) + "= one of " + all + ", got '" +
           std::string(item->value.substr(0, 40)) + "'");
  return 0;
}

void Query::complain(const std::string& sentence) {
  if (complaint_.empty()) complaint_ = sentence;
}

std::string Query::complaint(std::string_view path) const {
  if (known_.empty()) return "";
  std::string wrong = complaint_;
  for (const Item& item : items_) {
    if (item.used || !wrong.empty()) continue;
    wrong = "takes ";
    for (const std::string_view name : known_) {
      wrong += std::string(name) + (name == known_.back() ? "" : ", ");
    }
    wrong += ", got '" + std::string(item.name.substr(0, 40)) + "'";
  }
  return wrong.empty() ? wrong : std::string(path) + " " + wrong;
}

}  // namespace bench
