// Settings: CLI11 reads the command line and the file.
#include "harness/cli/settings.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <iostream>

#include "harness/posix/standard_streams.h"

namespace bench {
namespace {

constexpr const char* kDefault = "default";

std::string environment_name(std::string flag) {
  for (char& c : flag) {
    c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  }
  return "BENCH_" + flag;
}

/// A switch that comes from a file or the environment has a value.
bool truth(const std::string& name, const std::string& text) {
  for (const char* yes : {"1", "true", "on", "yes"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"", "0", "false", "off", "no"}) {
    if (text == no) return false;
  }
  throw UsageError(name + " takes true or false, got '" + text + "'");
}

/// "--pin" -> "--pin=yes", where nothing follows that could be its value.
void complete(const std::vector<Flag>& flags,
              std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool alone =
        i + 1 == arguments.size() || arguments[i + 1].starts_with("-");
    for (const Flag& flag : flags) {
      if (flag.alone.empty() || !alone || arguments[i] != "--" + flag.name) {
        continue;
      }
      arguments[i] += "=" + flag.alone;
      break;
    }
  }
}

/// CLI11 would take the next flag for the value of this one, and has its own
/// words for a switch with a value.
void refuse_misplaced_values(const std::vector<Flag>& flags,
                             const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    for (const Flag& flag : flags) {
      const std::string name = "--" + flag.name;
      if (flag.is_switch) {
        if (arguments[i].starts_with(name + "=")) {
          throw UsageError(name + " takes no value, got '" +
                           arguments[i].substr(name.size() + 1) + "'");
        }
        continue;
      }
      const bool last = i + 1 == arguments.size();
      if (arguments[i] == name + "=" || (arguments[i] == name && last)) {
        throw UsageError(name + " takes a value, got ''");
      }
      if (arguments[i] == name && arguments[i + 1].starts_with("--")) {
        throw UsageError(name + " takes a value, got the flag '" +
                         arguments[i + 1] + "'");
      }
    }
  }
}

}  // namespace

Flag flag_of(const Parameter& parameter) {
  const bool yes_or_no =
      parameter.words == std::vector<std::string>{"no", "yes"};
  return {.name = parameter.name,
          .help = parameter.is_switch
                      ? parameter.help
                      : parameter.help + ": " + parameter.takes(),
          .fallback = "",
          .is_switch = parameter.is_switch,
          .alone = yes_or_no && !parameter.is_switch ? "yes" : ""};
}

Settings Settings::read(const std::string& verb, const std::string& usage,
                        const std::vector<Flag>& flags,
                        const std::vector<std::string>& positionals,
                        std::vector<std::string> arguments) {
  Settings settings;
  CLI::App app(usage, verb);
  app.get_formatter()->column_width(26);
  std::deque<std::vector<std::string>> texts;
  std::deque<bool> switches;
  for (const std::string& name : positionals) {
    CLI::Option* option = app.add_option(name, texts.emplace_back());
    option->allow_extra_args(false)->expected(1)->required();
  }
  for (const Flag& flag : flags) {
    const std::string name =
        (flag.letter.empty() ? "" : "-" + flag.letter + ",") + "--" + flag.name;
    std::string help = flag.help;
    if (!flag.fallback.empty()) help += " [" + flag.fallback + "]";
    if (flag.is_switch) {
      app.add_flag(name, switches.emplace_back(false), help)
          ->disable_flag_override();
    } else {
      CLI::Option* option = app.add_option(name, texts.emplace_back(), help);
      option->type_name("")->allow_extra_args(false)->expected(
          1, flag.repeatable ? CLI::detail::expected_max_vector_size : 1);
    }
  }
  complete(flags, arguments);
  refuse_misplaced_values(flags, arguments);
  try {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    flush_stdout();
    std::exit(0);
  } catch (const CLI::ExtrasError& error) {
    throw UsageError(std::string(error.what()) + "; '" + verb +
                     " --help' lists the flags");
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  std::size_t text = 0;
  std::size_t switch_ = 0;
  for (const std::string& name : positionals) {
    settings.values_[name] = {texts[text++], "command line"};
  }
  for (const Flag& flag : flags) {
    if (flag.is_switch) {
      if (switches[switch_++]) {
        settings.values_[flag.name] = {{"true"}, "command line"};
      }
    } else if (const auto& given = texts[text++]; !given.empty()) {
      settings.values_[flag.name] = {given, "command line"};
    }
  }
  settings.read_environment(flags);
  for (const Flag& flag : flags) {
    if (flag.name == "config") settings.read_file(flags, flag.fallback);
  }
  for (const Flag& flag : flags) {
    settings.names_.push_back(flag.name);
    if (flag.is_switch) settings.fill_in(flag.name, "false", kDefault);
    if (flag.fallback.empty()) continue;
    settings.fill_in(flag.name, flag.fallback, kDefault);
  }
  return settings;
}

void Settings::read_environment(const std::vector<Flag>& flags) {
  for (const Flag& flag : flags) {
    const std::string name = environment_name(flag.name);
    const char* text = std::getenv(name.c_str());
    if (text == nullptr || given(flag.name)) continue;
    const bool yes = !flag.is_switch || truth(name, text);
    values_[flag.name] = {{!flag.is_switch ? text
                           : yes           ? "true"
                                           : "false"},
                          name};
  }
}

void Settings::read_file(const std::vector<Flag>& flags,
                         const std::string& fallback) {
  const std::string asked = text("config");
  const std::string file = asked.empty() ? fallback : asked;
  if (!std::filesystem::exists(file)) {
    if (asked.empty()) return;
    throw UsageError("--config takes a file, got '" + asked +
                     "', which does not exist");
  }
  std::vector<CLI::ConfigItem> items;
  try {
    items = CLI::ConfigTOML().from_file(file);
  } catch (const CLI::Error& error) {
    throw UsageError(file + ": " + error.what());
  }
  for (const CLI::ConfigItem& item : items) {
    if (item.name == "++" || item.name == "--") continue;  // section marks
    const auto flag = std::find_if(
        flags.begin(), flags.end(),
        [&](const Flag& one) { return one.name == item.fullname(); });
    if (flag == flags.end()) {
      throw UsageError(file + ": there is no flag '" + item.fullname() + "'");
    }
    if (given(flag->name)) continue;
    if (flag->is_switch) {
      const std::string text = item.inputs.empty() ? "true" : item.inputs[0];
      const bool yes = truth(file + ": " + flag->name, text);
      values_[flag->name] = {{yes ? "true" : "false"}, file};
      continue;
    }
    if (flag->repeatable) {
      values_[flag->name] = {item.inputs, file};
      continue;
    }
    std::string joined;  // a TOML array is a list with commas
    for (const std::string& input : item.inputs) {
      joined += (joined.empty() ? "" : ",") + input;
    }
    values_[flag->name] = {{joined}, file};
  }
}

bool Settings::given(const std::string& name) const {
  return values_.contains(name);
}

bool Settings::chosen(const std::string& name) const {
  const auto found = values_.find(name);
  return found != values_.end() && found->second.origin != kDefault;
}

bool Settings::on(const std::string& name) const {
  return text(name) == "true";
}

void Settings::fill_in(const std::string& name, const std::string& text,
                       const std::string& origin) {
  if (!chosen(name)) values_[name] = {{text}, origin};
}

std::string Settings::text(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? "" : found->second.texts.back();
}

const std::vector<std::string>& Settings::texts(const std::string& name) const {
  static const std::vector<std::string> none;
  const auto found = values_.find(name);
  return found == values_.end() ? none : found->second.texts;
}

std::string Settings::print() const {
  std::string all;
  for (const std::string& name : names_) {
    const auto found = values_.find(name);
    if (found == values_.end()) {
      all += name + " = \"\"  # not set\n";
      continue;
    }
    for (const std::string& text : found->second.texts) {
      all += name + " = \"" + text + "\"  # " + found->second.origin + "\n";
    }
  }
  return all;
}

}  // namespace bench
