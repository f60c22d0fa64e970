// BuildInfo: filled in by CMake.
#include "harness/system/build_info.h"

#include <cstring>

namespace bench {

const char* build_type() { return BENCH_BUILD_TYPE; }

bool build_is_release() { return std::strcmp(build_type(), "release") == 0; }

const char* version() { return BENCH_VERSION; }

std::string compiler() { return "g++ " __VERSION__ ", " BENCH_CXX_FLAGS; }

std::string source_directory() { return BENCH_SOURCE_DIR; }

}  // namespace bench
