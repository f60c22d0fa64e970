// Weather: what neighbours and the machine did to a repetition.
#pragma once

#include <vector>

namespace bench {

/// Seconds that a fixed amount of arithmetic takes, the slowest of `cpus`.
/// About two milliseconds for each; a slow probe says that the machine is
/// slower than it was, whoever is to blame.
double spin_probe(const std::vector<int>& cpus);

/// Seconds that the hypervisor has given to others while `cpus` wanted to
/// run, since boot. [proc(5): /proc/stat, steal]
double stolen_seconds(const std::vector<int>& cpus);

/// Runnable tasks, averaged over a minute. [proc(5): /proc/loadavg]
double load_average();

}  // namespace bench
