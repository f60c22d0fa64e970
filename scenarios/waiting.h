// Waiting: jobs that wait for somebody, then perhaps compute.
//
// What the scenarios io, mixed and pool have in common. A job asks a backend,
// a clock or a file; it digests what it got; it computes; it is finished.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "harness/core/scenario.h"
#include "scenarios/kernels.h"

namespace bench {

/// All that such jobs must know.
struct Waiting {
  enum class For { nobody, timer, backend, file };
  For who = For::nobody;
  std::chrono::nanoseconds wait{0};  ///< timer and backend, in the mean
  double spread = 0;  ///< waits lie evenly within this share of the mean
  std::chrono::nanoseconds patience{0};  ///< backend: of each step; 0: endless
  std::uint32_t bytes = 0;               ///< of an answer or a block
  bool keep_alive = true;  ///< backend: a connection serves job after job
  bool cold = false;       ///< file: past the page cache [open(2), O_DIRECT]
  const Kernel* kernel = &kSqrt;
  std::uint64_t size = 0;  ///< of the kernel's work; 0: no compute step
};

/// Blocks of a file start at multiples of this and are multiples of it: what
/// O_DIRECT asks for on every disk.
constexpr std::uint32_t kBlockGrain = 4096;
constexpr std::size_t kFileBytes = 64 << 20;

/// Makes the jobs that `what` says. Throws std::system_error if the file of
/// `surroundings` cannot be opened as asked.
std::unique_ptr<Scenario> make_waiting(const Waiting& what, std::uint64_t seed,
                                       const Surroundings& surroundings);

/// Fills the file of `surroundings` with what jobs will expect in blocks of
/// `what.bytes`; returns the seconds that a job takes to read a block.
double fill_file(const Waiting& what, const Surroundings& surroundings);

/// Sets the parameter "size" to the work that takes `seconds`, unless that is
/// nothing; returns what it really takes.
double calibrate_size(Parameters& parameters, const Kernel& kernel,
                      double seconds);

// Parameters that several scenarios have.
Parameter spread_parameter(const std::string& fallback);
Parameter payload_parameter();
Parameter timeout_parameter();
Parameter backend_keep_alive_parameter();
/// Whether jobs keep connections. Throws std::invalid_argument where they wait
/// for somebody whom they do not connect to and yet shall not keep it.
bool keeps_alive(const Parameters& parameters);
/// The amount of work that calibration found.
Parameter size_parameter();

}  // namespace bench
