// WorkerCounts: which are whose.
#include "harness/core/worker_counts.h"

#include <unistd.h>

#include "harness/posix/clock.h"

namespace bench {
namespace {

thread_local WorkerCounts nobodys_counts;
thread_local WorkerCounts* own_seat = &nobodys_counts;

}  // namespace

void take_seat(SharedArray<WorkerCounts>& seats) {
  for (WorkerCounts& seat : seats) {
    pid_t nobody = 0;
    if (!seat.thread.compare_exchange_strong(nobody, gettid())) continue;
    seat.since.store(now_ns());
    seat.first.store(seat.requests.load());
    seat.process.store(getpid());
    own_seat = &seat;
    return;
  }
}

WorkerCounts& own_counts() { return *own_seat; }

void leave_seat() { own_seat = &nobodys_counts; }

}  // namespace bench
