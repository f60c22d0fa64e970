// /proc and /sys: read as text.
#include "harness/posix/proc.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace bench {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string contents(const std::string& path) {
  // Files of a process that ends now can be opened and not be read. A stream
  // takes that as the end; iterators would throw. [proc(5), ESRCH]
  const std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<std::string> field_in(const std::string& text,
                                    const std::string& key) {
  constexpr const char* kBlanks = " \t";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (text.compare(at, key.size(), key) == 0) {
      const std::size_t colon =
          text.find_first_not_of(kBlanks, at + key.size());
      if (colon < end && text[colon] == ':') {
        const std::size_t from = text.find_first_not_of(kBlanks, colon + 1);
        return from < end ? text.substr(from, end - from) : "";
      }
    }
    at = end + 1;
  }
  return std::nullopt;
}

std::optional<std::int64_t> kilobytes_field(const std::string& path,
                                            const std::string& key) {
  const std::optional<std::string> kilobytes = field_in(contents(path), key);
  if (!kilobytes) return std::nullopt;
  return std::stoll(*kilobytes) * 1024;
}

std::optional<std::string> output_of(const std::string& command) {
  FILE* const pipe = popen(command.c_str(), "re");
  if (pipe == nullptr) return std::nullopt;
  char text[256] = "";
  const bool got = std::fgets(text, sizeof text, pipe) != nullptr;
  if (pclose(pipe) != 0 || !got) return std::nullopt;
  std::string line = text;
  if (line.ends_with('\n')) line.pop_back();
  return line;
}

}  // namespace bench
