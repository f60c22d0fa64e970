// /proc and /sys: read as text.
#include "harness/posix/proc.h"

#include <fstream>

namespace bench {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::optional<std::string> field(const std::string& path,
                                 const std::string& key) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    if (word == key && file >> word) return word;
  }
  return std::nullopt;
}

std::optional<std::int64_t> kilobytes_field(const std::string& path,
                                            const std::string& key) {
  const std::optional<std::string> kilobytes = field(path, key);
  if (!kilobytes) return std::nullopt;
  return std::stoll(*kilobytes) * 1024;
}

}  // namespace bench
