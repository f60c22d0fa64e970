// TemporaryFolder: a folder that dies with its owner.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "harness/posix/check.h"

namespace bench {

/// Removes the folder and all that is in it when it dies; movable, not
/// copyable.
class TemporaryFolder {
 public:
  /// Makes an empty folder "NAME-..." under TMPDIR, for the user alone. Throws
  /// std::system_error.
  explicit TemporaryFolder(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / (name + "-XXXXXX")) {
    if (mkdtemp(path_.data()) == nullptr) throw_errno("make folder " + path_);
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept
      : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace bench
