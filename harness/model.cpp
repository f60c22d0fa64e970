// Model: what one that only runs, or only serves, does with the rest.
#include "harness/model.h"

#include <stdexcept>

namespace bench {

void Model::run(Batch&) {
  throw std::logic_error("this model serves connections and runs no batches");
}

void Model::serve(Server&) {
  throw std::logic_error("this model runs batches and serves no connections");
}

}  // namespace bench
