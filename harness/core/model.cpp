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
  return {.name = "depth",
          .help = "jobs that each worker may have in flight",
          .kind = Parameter::Kind::integer,
          .low = 1,
          .high = 128,
          .fallback = std::to_string(fallback)};
}

Parameter uv_pool_parameter() {
  return {.name = "uv-pool",
          .help = "threads of libuv's own pool (UV_THREADPOOL_SIZE)",
          .kind = Parameter::Kind::integer,
          .low = 1,
          .high = 1024,
          .fallback = ""};
}

}  // namespace bench
