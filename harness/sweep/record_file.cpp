// RecordFile: append, sync, lock.
#include "harness/sweep/record_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

#include "harness/posix/check.h"

namespace bench {
RecordFile::RecordFile(const std::string& directory)
    : path_(directory + "/runs.jsonl"),
      fd_(open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
               0666)) {
  if (!fd_) throw_errno("open " + path_);
  if (flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
    throw std::runtime_error(path_ + " is being written by another run");
  }
}

void RecordFile::append(const Json& entry) {
  write_all(fd_.get(), to_line(entry), path_);
  if (fdatasync(fd_.get()) != 0) throw_errno("fdatasync " + path_);
}

void write_whole(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".new";
  try {
    const Fd fd(open(temporary.c_str(),
                     O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!fd) throw_errno("open " + path);
    write_all(fd.get(), text, path);
    if (fsync(fd.get()) != 0) throw_errno("fsync " + path);
    if (rename(temporary.c_str(), path.c_str()) != 0) {
      throw_errno("rename " + path);
    }
  } catch (const std::exception&) {
    unlink(temporary.c_str());
    throw;
  }
}

}  // namespace bench
