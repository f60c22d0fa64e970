// Programs of other people: searched as a shell does, asked for their version.
#include "harness/peers/peer_program.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "harness/core/parameters.h"
#include "harness/posix/check.h"
#include "harness/posix/proc.h"
#include "harness/system/build_info.h"

namespace bench {
namespace {

bool is_program(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

/// One word for a shell, whatever is in it.
std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

}  // namespace

std::optional<std::string> find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  return find_program(name, path != nullptr ? path : "");
}

std::optional<std::string> find_program(const std::string& name,
                                        const std::string& path) {
  for (const std::string& folder : split_list(path, ':')) {
    if (!folder.starts_with('/')) continue;
    std::string program = folder + "/" + name;
    if (is_program(program)) return program;
    if (!folder.ends_with("/bin")) continue;
    std::string beside = folder.substr(0, folder.size() - 3) + "sbin/" + name;
    if (is_program(beside)) return beside;
  }
  return std::nullopt;
}

std::string version_in(const std::string& line) {
  const std::size_t from = line.find_first_of("0123456789");
  if (from == std::string::npos) return "";
  std::string version =
      line.substr(from, line.find_first_not_of("0123456789.", from) - from);
  while (version.ends_with('.')) version.pop_back();
  return version;
}

std::string version_of(const std::string& program, const std::string& option) {
  // Some say it on stderr.
  const std::string call = quoted(program) + " " + option + " 2>&1";
  return version_in(output_of(call).value_or(""));
}

void write_for_all(const std::string& target, const std::string& text) {
  std::ofstream file(target);
  file << text;
  file.close();
  if (!file) throw_errno("write " + target);
  check(chmod(target.c_str(), 0644), "chmod");
}

void fill_template(const std::string& name,
                   const std::map<std::string, std::string>& values,
                   const std::string& target) {
  const std::string source = source_directory() + "/harness/peers/" + name;
  const std::string text = contents(source);
  if (text.empty()) throw_errno("read " + source);
  std::string filled;
  std::size_t from = 0;
  for (std::size_t at; (at = text.find('@', from)) != std::string::npos;) {
    const std::size_t end = text.find('@', at + 1);
    filled += text.substr(from, at - from);
    filled += values.at(text.substr(at + 1, end - at - 1));
    from = end + 1;
  }
  write_for_all(target, filled + text.substr(from));
}

}  // namespace bench
