// Json: how results, orders and reports are written down.
#pragma once

#include <chrono>
#include <cstdint>
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

/// So is what nothing is known of.
inline Json or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

/// A struct as it travels in the arguments of a process, and back: for those
/// with NLOHMANN_DEFINE_TYPE. from_text() throws std::exception if `text` was
/// not made by to_text().
template <typename Struct>
std::string to_text(const Struct& value) {
  return nlohmann::json(value).dump();
}
template <typename Struct>
Struct from_text(const std::string& text) {
  return nlohmann::json::parse(text).get<Struct>();
}

}  // namespace bench

template <typename Value>
struct nlohmann::adl_serializer<std::optional<Value>> {
  static void to_json(nlohmann::json& json, const std::optional<Value>& value) {
    json = value ? nlohmann::json(*value) : nlohmann::json(nullptr);
  }
  static void from_json(const nlohmann::json& json,
                        std::optional<Value>& value) {
    value = json.is_null() ? std::nullopt : std::optional(json.get<Value>());
  }
};

template <>
struct nlohmann::adl_serializer<std::chrono::nanoseconds> {
  static void to_json(nlohmann::json& json, std::chrono::nanoseconds time) {
    json = time.count();
  }
  static void from_json(const nlohmann::json& json,
                        std::chrono::nanoseconds& time) {
    time = std::chrono::nanoseconds(json.get<std::int64_t>());
  }
};
