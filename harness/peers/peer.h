// Peer: a well-known server that answers the same requests as our models.
//
// A reference line: nginx, Node and Apache, each with a configuration of ours
// (harness/peers/). The harness starts a peer as a process group of its own,
// waits until its port answers, measures it like a model and ends the group.
// What serves nobody, Python, has messages only. [scenarios/messages_peers.cpp]
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// What a peer is started with.
struct PeerOrder {
  std::uint16_t port = 0;         ///< of 127.0.0.1, free
  std::uint32_t workers = 1;      ///< processes or threads that work: the cores
  std::uint32_t connections = 1;  ///< that ask, at the same time
  std::uint32_t idle_connections = 0;  ///< beside them, that say nothing
  /// How our own servers understand /cpu?us=N, so that a peer does the same
  /// work for it, though not in the same time: the seed of the run, and the
  /// iterations of the kernel sqrt in a millisecond.
  std::uint64_t seed = 1;
  std::uint64_t size_per_ms = 1;
  /// An empty folder for its files, which the caller removes after its end.
  std::string folder;
};

/// Immutable; one thread uses it at a time.
struct PeerInfo {
  std::string id;           ///< "node-cluster"
  std::string summary;      ///< one line
  bool one_worker = false;  ///< more workers are no choice: node

  /// What the program says of itself: "nginx 1.22.1". Throws
  /// std::runtime_error if it says nothing. REQUIRES: nothing is missing.
  std::function<std::string()> version;

  /// Why it cannot run here, or nothing: "nginx is not installed;
  /// scripts/setup --peers installs it".
  std::function<std::optional<std::string>()> why_missing;

  /// The words to exec, the first one a path; writes what the program reads
  /// into order.folder. The program stays in the foreground and must lead a
  /// process group, which SIGTERM or SIGKILL ends as a whole: some signal
  /// their own group when they stop. It may open as many files as the soft
  /// limit of its process allows. Throws std::system_error if a file cannot
  /// be written. Null if it is no server. REQUIRES: nothing is missing.
  std::function<std::vector<std::string>(const PeerOrder& order)> command;

  /// Whether it has an answer of its own to GET `target` ("/cpu?us=100").
  /// Null if it is no server.
  std::function<bool(std::string_view target)> serves;
};

/// In the order in which a class meets them.
const std::vector<PeerInfo>& all_peers();

/// The peers that `patterns` names: "all", ids or globs, with commas between
/// them; in the order of all_peers(), each once. Throws std::invalid_argument
/// naming `flag` if one names none.
std::vector<const PeerInfo*> find_peers(const std::string& flag,
                                        const std::string& patterns);

}  // namespace bench
