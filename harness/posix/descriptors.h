// Descriptors: how many files and sockets this process may have open.
#pragma once

#include <sys/resource.h>

#include <algorithm>

namespace bench {

/// Raises the limit of open files to `needed` or as near as the kernel allows,
/// and returns the limit that holds then. The soft limit may go up to the hard
/// one; root may raise that one, up to fs.nr_open. [getrlimit(2)]
inline rlim_t raise_descriptor_limit(rlim_t needed) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= needed) return limit.rlim_cur;
  const rlimit wanted{needed, std::max(needed, limit.rlim_max)};
  if (setrlimit(RLIMIT_NOFILE, &wanted) == 0) return needed;
  limit.rlim_cur = std::min(needed, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

/// Raises the soft limit of open files to the hard one, which is the user's.
inline void use_all_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace bench
