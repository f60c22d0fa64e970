// Progress: what people see while they wait; on stderr, if it is a terminal.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

/// Draws one line that replaces itself. Only the orchestrator draws, and only
/// between repetitions: never while a clock runs.
class Progress {
 public:
  /// `wanted` false: never draws, as if stderr were no terminal.
  explicit Progress(bool wanted);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Says how many seconds of work lie ahead from here on.
  void expect(double seconds);

  /// Draws "TEXT · 40 % · about 25 s left"; `ahead` is the work still to do,
  /// in the seconds of expect().
  void show(const std::string& text, double ahead);

  void clear();

 private:
  bool drawing_;
  double expected_ = 0;
  std::int64_t started_ = 0;
};

}  // namespace bench
