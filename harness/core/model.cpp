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

const Parameter* ModelInfo::open_parameter() const {
  for (const Parameter& one : parameters) {
    if (!one.candidates.empty()) return &one;
  }
  return nullptr;
}

Parameter depth_parameter() {
  return whole_number("depth", "jobs that each worker may have in flight", 1,
                      128, "")
      .or_auto({"1", "2", "4", "8"});
}

Parameter uv_pool_parameter() {
  return whole_number("uv-pool",
                      "threads of libuv's own pool (UV_THREADPOOL_SIZE)", 1,
                      1024, "");
}

}  // namespace bench
