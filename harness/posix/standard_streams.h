// Standard streams: stdin, stdout and stderr as the caller left them to us.
#pragma once

namespace bench {

/// Opens /dev/null as each of the descriptors 0, 1 and 2 that the caller has
/// closed, for this process and all that it starts. The next file or socket
/// would get that number: what is printed would go into it, a child's streams
/// would be put over it, and libuv does not close it.
/// REQUIRES: nothing has been opened yet. Throws std::system_error.
void open_standard_streams();

/// Writes what stdout still holds. Throws std::runtime_error if anything that
/// was printed could not be written. That a reader has left (head, less) is no
/// error: he has seen enough.
void flush_stdout();

}  // namespace bench
