// The names of errors: what the C library knows of them.
#include "harness/posix/errno_name.h"

#include <cstring>
#include <system_error>

namespace bench {

std::string errno_name(int error) {
  const char* name = strerrorname_np(error);
  return name != nullptr ? name : "errno " + std::to_string(error);
}

std::string describe_errno(int error) {
  return errno_name(error) + " (" + strerrordesc_np(error) + ")";
}

std::string reason_of(const std::exception& error) {
  const auto* system = dynamic_cast<const std::system_error*>(&error);
  if (system == nullptr) return error.what();
  return std::string(error.what()) + " (" + errno_name(system->code().value()) +
         ")";
}

}  // namespace bench
