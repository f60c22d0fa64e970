// Model: what one that only runs, or only serves, does with the rest.
#include "harness/core/model.h"

#include <stdexcept>

namespace bench {

void Model::run(Batch&) {
  throw std::logic_error("this model serves connections and runs no batches");
}

void Model::serve(Server&) {
  throw std::logic_error("this model runs batches and serves no connections");
}

Parameter depth_parameter(int fallback) {
  return whole_number("depth", "jobs that each worker may have in flight", 1,
                      128, std::to_string(fallback));
}

Parameter uv_pool_parameter() {
  return whole_number("uv-pool",
                      "threads of libuv's own pool (UV_THREADPOOL_SIZE)", 1,
                      1024, "");
}

}  // namespace bench
