// RecordFile: runs.jsonl, one line per finished repetition, written at once.
#pragma once

#include <string>

#include "harness/posix/fd.h"
#include "harness/sweep/cell.h"

namespace bench {

/// One process at a time owns the file (flock). A line is one write and one
/// fdatasync, so that a crash or a full disk can tear at most the last line.
class RecordFile {
 public:
  /// Makes the file in `directory`; throws std::system_error if it cannot be
  /// made, std::runtime_error if another process owns it.
  explicit RecordFile(const std::string& directory);

  /// Throws std::system_error (disk full, for example).
  void append(const Json& entry);

 private:
  std::string path_;
  Fd fd_;
};

/// Writes `text` to `path` so that readers see the old or the new file, whole:
/// a temporary file in the same directory, fsync, rename. Throws
/// std::system_error, whose words name `path`.
void write_whole(const std::string& path, const std::string& text);

}  // namespace bench
