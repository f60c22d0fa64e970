// Progress: one line, drawn over itself.
#include "harness/sweep/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "harness/posix/clock.h"

namespace bench {
namespace {

bool stderr_can_draw() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

}  // namespace

Progress::Progress(bool wanted) : drawing_(wanted && stderr_can_draw()) {}

void Progress::expect(double seconds) {
  expected_ = seconds;
  started_ = now_ns();
}

void Progress::show(const std::string& text, double ahead) {
  if (!drawing_) return;
  const double done = expected_ - ahead;
  const double elapsed = seconds_between(started_, now_ns());
  // What was predicted is scaled by how the prediction has done so far.
  const double pace = done > 1 ? elapsed / done : 1;
  const double left = std::max(0.0, ahead * pace);
  const double share = expected_ > 0 ? std::max(0.0, done / expected_) : 0;
  std::fprintf(stderr, "\r\033[K%s · %.0f %% · about %.0f s left", text.c_str(),
               100 * share, std::ceil(left));
  std::fflush(stderr);
}

void Progress::clear() {
  if (!drawing_) return;
  std::fprintf(stderr, "\r\033[K");
  std::fflush(stderr);
}

}  // namespace bench
