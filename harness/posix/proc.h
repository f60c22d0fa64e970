// /proc and /sys: small files that say something about this machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace bench {

/// The first line of a small file without its end, or "" if there is none.
std::string first_line(const std::string& path);

/// The word behind `key` in a file of "Key:  word" lines, if it can be read.
std::optional<std::string> field(const std::string& path,
                                 const std::string& key);

/// The same for "Key:  123 kB", in bytes.
std::optional<std::int64_t> kilobytes_field(const std::string& path,
                                            const std::string& key);

}  // namespace bench
