// The cells that a model, a floor or a peer becomes in a workload.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/sweep/cell.h"
#include "harness/sweep/choices.h"
#include "harness/sweep/sizing.h"

namespace bench {

/// What a model's own parameters are measured with: all combinations of what
/// was asked for, as combinations() finds them. Where a value is left to the
/// harness because nobody has asked for one, and handing out is the question
/// (the scenario has nothing else, or one of its numbers has several values),
/// the first candidate stands beside it: one message at a time and several are
/// two lines.
std::vector<Parameters> choices_of(const ModelInfo& model,
                                   const Workload& workload,
                                   const Values& asked,
                                   std::set<std::string>& unused);

/// One for each size of the model, on the cores of `sizing`. If `own` leaves a
/// value to the harness, they have candidates where it is measured. Where jobs
/// may wait there are workers enough to hide a hand-over, and a second job
/// would lie behind the wait of the first: there, and in servers, it is the
/// first one.
std::vector<Cell> cells_of(const Workload& workload, const ModelInfo& model,
                           const Parameters& own, SizingRequest sizing);

/// The same for the floor of a model: as many workers as that has, one job at a
/// time in each; where jobs wait, as many in flight.
std::vector<Cell> cells_of(const Workload& workload,
                           const PrimitiveInfo& primitive,
                           const ModelInfo& above, SizingRequest sizing);

Cell cell_of(const Workload& workload, const PeerInfo& peer, int cores);

/// Where all of the workload's models are asked at one rate, takes away those
/// that have one client while others have many: they would only be overloaded.
/// True if there were some.
bool leave_out_single_clients(const Workload& workload,
                              std::vector<Cell>& cells);

}  // namespace bench
