// Programs of other people: where they are, which version, what they read.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace bench {

/// The path of the program `name` in the folders of `path`, a list as PATH is
/// (the default: PATH itself). After each ".../bin" also ".../sbin": servers
/// live there, and not every user has it on PATH.
std::optional<std::string> find_program(const std::string& name);
std::optional<std::string> find_program(const std::string& name,
                                        const std::string& path);

/// The version in the first line that `program option` prints: "1.22.1". "" if
/// there is none.
std::string version_of(const std::string& program, const std::string& option);

/// The first run of digits and dots in `line`, without a dot at its end.
std::string version_in(const std::string& line);

/// Writes a file of harness/peers/ to `target`, readable for everybody; each
/// @WORD@ in it becomes values.at("WORD"). Throws std::out_of_range if there
/// is no value, std::system_error if a file cannot be read or written.
void fill_template(const std::string& name,
                   const std::map<std::string, std::string>& values,
                   const std::string& target);

/// Writes a small file, readable for everybody. Throws std::system_error.
void write_for_all(const std::string& target, const std::string& text);

}  // namespace bench
