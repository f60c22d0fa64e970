// Schedule: when each request of an open loop is meant to leave, and which.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/core/random.h"
#include "harness/load/order.h"

namespace bench {

/// Numbers that look like chance and depend on the seed alone.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}

  /// At least 0 and less than 1.
  double throw_one() {
    constexpr double kUnit = 1.0 / (std::uint64_t{1} << 53);
    return static_cast<double>(split_mix(seed_, next_++) >> 11) * kUnit;
  }

 private:
  std::uint64_t seed_;
  std::uint64_t next_ = 0;
};

/// Chooses kinds of requests by their shares.
class Mixture {
 public:
  /// REQUIRES: there is a request, and every share is more than 0.
  Mixture(std::span<const LoadRequest> requests, std::uint64_t seed)
      : dice_(seed) {
    double sum = 0;
    for (const LoadRequest& request : requests) {
      borders_.push_back(sum += request.share);
    }
    for (double& border : borders_) border /= sum;
    borders_.back() = 1;
  }

  std::size_t choose() {
    if (borders_.size() == 1) return 0;
    const double thrown = dice_.throw_one();
    std::size_t kind = 0;
    while (thrown >= borders_[kind]) ++kind;
    return kind;
  }

 private:
  Dice dice_;
  std::vector<double> borders_;
};

/// The intended times of one of several threads that share a rate. One thread
/// uses it.
class Schedule {
 public:
  /// `rate`: requests per second of all `threads` together. At constant
  /// distances the threads take turns; Poisson processes simply add up.
  /// [Kingman: Poisson Processes, superposition]
  Schedule(LoadOrder::Arrival arrival, double rate, std::uint32_t thread,
           std::uint32_t threads, std::uint64_t seed)
      : poisson_(arrival == LoadOrder::Arrival::poisson),
        rate_(rate),
        threads_(threads),
        number_(thread),
        dice_(seed) {
    at_ns_ = poisson_ ? gap() : at_constant_distance();
  }

  /// Nanoseconds from the start to the request that is next.
  std::int64_t next() const { return static_cast<std::int64_t>(at_ns_); }

  void advance() {
    number_ += threads_;
    at_ns_ = poisson_ ? at_ns_ + gap() : at_constant_distance();
  }

 private:
  double gap() {
    return -std::log1p(-dice_.throw_one()) * 1e9 * threads_ / rate_;
  }
  /// Not a sum of distances, whose rounding errors would add up.
  double at_constant_distance() const {
    return 1e9 * static_cast<double>(number_) / rate_;
  }

  bool poisson_;
  double rate_;
  std::uint32_t threads_;
  std::uint64_t number_;  ///< of the next request, among those of all threads
  Dice dice_;
  double at_ns_ = 0;
};

}  // namespace bench
