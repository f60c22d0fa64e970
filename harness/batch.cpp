// Batch: the parts that are not on the measured path.
#include "harness/batch.h"

#include <utility>

namespace bench {

Batch::Batch(const Scenario& scenario, std::size_t size, Resources resources,
             std::function<std::vector<std::string>(std::size_t)> job_command)
    : scenario_(scenario),
      resources_(std::move(resources)),
      job_command_(std::move(job_command)),
      records_(size),
      gate_(1) {}

std::uint32_t Batch::depth() const {
  return static_cast<std::uint32_t>(resources_.parameters.integer("depth"));
}

void Batch::enter(std::uint32_t parties) {
  scenario_.prepare_worker();
  gate().enter(parties);
}

void Batch::leave() { gate().leave(); }

}  // namespace bench
