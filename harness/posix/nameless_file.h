// A file on a disk without a name: it is gone when its last owner is.
#pragma once

#include <fcntl.h>
#include <stdlib.h>

#include <string>

#include "harness/posix/check.h"
#include "harness/posix/fd.h"

namespace bench {

/// Makes one in $TMPDIR or /var/tmp, which lies on a disk where /tmp may be
/// memory. Its descriptor can be inherited; other ways to open it go by
/// /proc/self/fd. Throws std::system_error.
inline Fd nameless_file() {
  const char* asked = getenv("TMPDIR");
  const std::string folder =
      asked != nullptr && *asked != '\0' ? asked : "/var/tmp";
  const int fd = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return Fd(fd);
  // Some file systems have no O_TMPFILE: then the name lives for an instant.
  std::string path = folder + "/bench-XXXXXX";
  Fd named(mkostemp(path.data(), O_CLOEXEC));
  if (!named) throw_errno("make a file in " + folder);
  unlink(path.c_str());
  return named;
}

}  // namespace bench
