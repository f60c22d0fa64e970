// How long a kernel takes, and how much of it fills a wish.
#pragma once

#include <cstdint>

#include "scenarios/kernels.h"

namespace bench {

/// CPU seconds of one run of `size`, measured on the calling thread for some
/// 150 ms: the median of five moments. CPU time does not count preemption, but
/// a busy neighbour makes it longer, and in a virtual machine it can be told
/// too short when the host has taken the CPU away.
double seconds_of(const Kernel& kernel, std::uint64_t size);

struct Fitted {
  std::uint64_t size;  ///< at least 1
  double seconds;      ///< that it takes
};

/// The amount of work that takes `seconds` of CPU time within 2 %, or what six
/// measurements came to.
Fitted size_for(const Kernel& kernel, double seconds);

}  // namespace bench
