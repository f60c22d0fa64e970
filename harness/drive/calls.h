// Calls: the work of a loop's connections, on its way to workers elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "harness/core/server.h"
#include "harness/core/service.h"
#include "harness/drive/loop_server.h"

namespace bench {

/// Takes the calls of all connections of a loop and gives each to the worker
/// that has the fewest, or keeps it until one has room. If too many wait
/// already (Server::most_waiting()) the call fails with EBUSY. Used in the
/// loop's thread; the loop outlives it.
class Calls {
 public:
  /// Sends `work` to `worker`, which must lead to done() or lost(). What it
  /// throws, a std::system_error, is the failure of the call.
  using Send = std::function<void(std::uint32_t worker, Loop::Promise promise,
                                  const Work& work)>;

  /// Each of the server's workers has at most `depth` calls at once.
  Calls(ServerLoop& loop, Server& server, std::size_t depth, Send send);

  /// A worker has done what `promise` stands for.
  void done(std::uint32_t worker, Loop::Promise promise,
            const WorkResult& result);

  /// A worker is gone: no call goes to it any more. Those that it had go to
  /// others, once, as all of them may be done twice; then they fail with EPIPE.
  void lost(std::uint32_t worker);

 private:
  struct Waiting {
    Loop::Promise promise;
    Call* call;
    bool again = false;  ///< whoever had it first is gone
  };
  struct Worker {
    std::vector<Waiting> calls;
    bool gone = false;
  };

  void take(Call& call, Loop::Promise promise);
  void send_waiting();
  void count();

  ServerLoop& loop_;
  Server& server_;
  const std::size_t depth_;
  const Send send_;
  std::deque<Waiting> waiting_;
  std::vector<Worker> workers_;
};

}  // namespace bench
