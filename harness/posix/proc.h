// /proc and /sys: small files that say something about this machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace bench {

/// The first line of a small file without its end, or "" if there is none.
std::string first_line(const std::string& path);

/// All of it, or "" if there is none or it cannot be read.
std::string contents(const std::string& path);

/// What stands behind `key` in a text of lines "key: value", or "key : value";
/// nothing if no line begins so.
std::optional<std::string> field_in(const std::string& text,
                                    const std::string& key);

/// The same of a file with "key: 123 kB", in bytes.
std::optional<std::int64_t> kilobytes_field(const std::string& path,
                                            const std::string& key);

/// What a shell command prints, up to its first line's end; nothing if it
/// fails.
std::optional<std::string> output_of(const std::string& command);

}  // namespace bench
