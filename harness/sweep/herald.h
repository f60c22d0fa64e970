// Herald: what a service tells of itself, on stderr and on its board.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/posix/bulletin.h"
#include "harness/posix/fd.h"
#include "harness/sweep/board.h"

namespace bench {

/// One thread uses it.
class Herald {
 public:
  enum class Log { plain, json };

  Herald(const std::string& model, Log log);

  /// Writes a line: what happened to `generation`, or to none of them: 0.
  void say(const char* event, std::uint32_t generation,
           const std::string& text) const;
  /// Writes what a generation has said itself, a line or more.
  void relay(std::uint32_t generation, std::string lines) const;
  /// Writes a line for a generation and one for each of its workers.
  void tell_state(const Board::Seen& one) const;
  /// Shows what has become of all, to whoever reads notes().
  void show(const Json& board);

  /// Memory of a Bulletin.
  const Fd& notes() const { return notes_; }
  Board& board() { return board_; }

 private:
  const Log log_;
  const Fd notes_;
  Bulletin bulletin_;
  Board board_;
};

}  // namespace bench
