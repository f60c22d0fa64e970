// How long a kernel takes, and how much of it fills a wish.
#pragma once

#include <cstdint>

#include "scenarios/kernels.h"

namespace bench {

/// CPU seconds of one run of `size`, measured on the calling thread for some
/// 150 ms: the best of five moments, because all that disturbs makes it longer.
/// CPU time does not count preemption.
double seconds_of(const Kernel& kernel, std::uint64_t size);

/// The amount of work that takes `seconds` of CPU time; at least 1.
std::uint64_t size_for(const Kernel& kernel, double seconds);

}  // namespace bench
