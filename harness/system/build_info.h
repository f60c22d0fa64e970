// BuildInfo: what this binary was built as, and from.
#pragma once

#include <string>

namespace bench {

/// "release", "debug", "asan" or "tsan".
const char* build_type();

/// Only a release build without sanitizers may record times.
bool build_is_release();

/// "0.1.0".
const char* version();

/// "g++ 12.2.0, -O2 -g -DNDEBUG".
std::string compiler();

/// The project's folder: scripts, reports and sources are found from here.
std::string source_directory();

}  // namespace bench
