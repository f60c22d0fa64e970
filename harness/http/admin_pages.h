// AdminPages: what a server tells of itself, beside what it serves.
#pragma once

#include "harness/core/service.h"
#include "harness/posix/bulletin.h"

namespace bench {

/// Another service, and in front of it
///   /metrics      the text format of Prometheus, version 0.0.4
///   /status.json  the same and each worker
///   /status       a page that shows them and asks again by itself
/// They show what the supervisor has written into a Bulletin: that of
/// metrics, a byte of 0, that of /status.json. So any worker can answer, and it
/// computes nothing. REQUIRES: the other service never makes a page.
class AdminPages : public Service {
 public:
  /// `board`: descriptor of the memory of a Bulletin. Refers to `other`.
  AdminPages(const Service& other, int board) : other_(other), board_(board) {}

  Route route(std::string_view method,
              std::string_view target) const noexcept override;
  Page page(std::uint64_t number) const override;

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
};

}  // namespace bench
