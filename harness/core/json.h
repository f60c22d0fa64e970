// Json: how results, orders and reports are written down.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace bench {

using Json = nlohmann::ordered_json;

/// JSON as one line; bytes that are not UTF-8 (a job may print anything) are
/// replaced.
inline std::string to_line(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// What could not be measured is null.
template <typename Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace bench
