// Subject: what a cell measures, whatever it is.
#pragma once

#include <string>
#include <vector>

#include "harness/core/model.h"
#include "harness/core/primitive.h"
#include "harness/peers/peer.h"

namespace bench {

/// A model, a server of other people, or a floor: what is told of each, in the
/// same words. Who runs it looks at the three pointers, of which one is set.
struct Subject {
  explicit Subject(const ModelInfo& info);
  explicit Subject(const PeerInfo& info);
  explicit Subject(const PrimitiveInfo& info);

  std::string kind;                   ///< "model", "ideal", "peer" or "floor"
  std::string id;                     ///< "thread-pool", "nginx", "tbb-queue"
  std::string variant;                ///< "stealing", or ""
  std::vector<Parameter> parameters;  ///< of its own
  std::string floor;                  ///< the primitive under it, or ""
  std::string waiting_floor;          ///< the same for jobs that wait
  bool one_worker = false;            ///< keeps one CPU busy at most
  bool one_loop = false;  ///< all its connections go through one thread

  const ModelInfo* model = nullptr;
  const PeerInfo* peer = nullptr;
  const PrimitiveInfo* primitive = nullptr;

  /// "thread-pool/stealing", as people type it.
  std::string name() const { return variant.empty() ? id : id + "/" + variant; }
};

}  // namespace bench
