// AdminPages: what a server tells of itself, beside what it serves.
#pragma once

#include "harness/core/service.h"
#include "harness/http/cache.h"
#include "harness/posix/bulletin.h"

namespace bench {

/// Another service, and in front of it
///   /metrics      the text format of Prometheus, version 0.0.4
///   /status.json  the same and each worker
///   /status       a page that shows them and asks again by itself
///   /cache        what this worker has in its cache; PUT /cache?value=7 writes
/// The first three show what the supervisor has written into a Bulletin: that
/// of metrics, a byte of 0, that of /status.json. So any worker can answer, and
/// it computes nothing. REQUIRES: the other service never makes a page.
class AdminPages : public Service {
 public:
  /// `board`: descriptor of the memory of a Bulletin; `counts`: of that of the
  /// server's seats, for the messages that tell of a write. Refers to `other`.
  /// REQUIRES: the process is a server's main one and has not forked.
  AdminPages(const Service& other, int board, int counts, std::size_t seats)
      : other_(other), board_(board), star_(counts, seats) {}

  Route route(std::string_view method,
              std::string_view target) const noexcept override;
  Page page(const Work& work) const override;

  std::unique_ptr<Job> job(const Work& work) const noexcept override {
    return other_.job(work);
  }
  Answer answer(const Work& work, const Job* job) const noexcept override {
    return other_.answer(work, job);
  }
  Answer expected(const Work& work) const override {
    return other_.expected(work);
  }
  void prepare_worker() const override { other_.prepare_worker(); }

 private:
  const Service& other_;
  const Bulletin board_;
  Star star_;
  mutable Cache cache_{star_};
};

}  // namespace bench
