// The peers: nginx, Node in three ways, Apache in two; and Python.
//
// How each is found, configured and started. What they read is in
// harness/peers/; scripts/setup --peers installs the programs.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "harness/core/choose.h"
#include "harness/core/parameters.h"
#include "harness/peers/peer.h"
#include "harness/peers/peer_program.h"
#include "harness/posix/check.h"
#include "harness/system/build_info.h"

namespace bench {
namespace {

using Words = std::vector<std::string>;
using Values = std::map<std::string, std::string>;

/// Beyond the connections that are measured: the one that asks whether the
/// peer is ready, and some that are not quite closed yet.
constexpr std::uint32_t kSpareConnections = 16;

/// Files that a server has open beside its connections: logs, listeners.
constexpr std::uint32_t kOtherFiles = 64;

/// Where Debian's apache2-bin has its modules.
constexpr const char* kApacheModules = "/usr/lib/apache2/modules";

/// The most threads in a process of Apache's. With more connections than
/// threads it closes some of them when all threads are busy.
constexpr std::uint32_t kMostThreads = 1000;

/// A program as people call it, and as a shell does.
struct Program {
  std::string name;     ///< "Node"
  std::string command;  ///< "node"
  std::string option;   ///< which makes it tell its version

  std::string path() const {
    std::optional<std::string> found = find_program(command);
    if (!found) throw std::runtime_error(missing());
    return *std::move(found);
  }
  std::optional<std::string> why_missing() const {
    if (find_program(command)) return std::nullopt;
    return missing();
  }
  std::string version() const {
    const std::string version = version_of(path(), option);
    if (version.empty()) {
      throw std::runtime_error(path() + " " + option + " tells no version");
    }
    return name + " " + version;
  }

  std::string missing() const {
    return name + " is not installed; scripts/setup --peers installs it";
  }
};

const Program kNginx{"nginx", "nginx", "-v"};
const Program kNode{"Node", "node", "--version"};
const Program kApache{"Apache", "apache2", "-v"};
const Program kPython{"Python", "python3", "--version"};

/// Of the servers that only know constants.
bool serves_constants(std::string_view target) {
  return target == "/plaintext" || target == "/json";
}

/// Connections that the configuration must allow for.
std::uint32_t room_for(const PeerOrder& order) {
  return order.connections + order.idle_connections + kSpareConnections;
}

/// What all templates have in common.
Values values_of(const PeerOrder& order) {
  return {{"FOLDER", order.folder},
          {"PORT", std::to_string(order.port)},
          {"WORKERS", std::to_string(order.workers)},
          {"CONNECTIONS", std::to_string(room_for(order))}};
}

Words nginx_command(const PeerOrder& order) {
  Values values = values_of(order);
  // Workers keep the rights of the run, as our own servers do: others could
  // not tell how much memory they take. [proc(5), smaps_rollup]
  values["USER"] = geteuid() == 0 ? "user root;" : "";
  values["DESCRIPTORS"] = std::to_string(room_for(order) + kOtherFiles);
  const std::string file = order.folder + "/nginx.conf";
  fill_template("nginx.conf.in", values, file);
  return {kNginx.path(),
          "-p",
          order.folder,
          "-c",
          file,
          "-e",
          order.folder + "/error.log"};
}

/// Apache refuses to serve as root, and nobody else may look into a folder of
/// root's, whatever is above it. So its processes get the folder as their root
/// directory, and what they would load later is loaded before.
Words for_another_user(Values& values, const std::string& folder) {
  check(chmod(folder.c_str(), 0711), "chmod");
  values["DOCUMENTS"] = "/";
  values["USER"] = "User #65534\nGroup #65534\nChrootDir \"" + folder + "\"";
  // Threads end with the help of this library. [pthread_exit(3)]
  return {"/usr/bin/env", "LD_PRELOAD=libgcc_s.so.1"};
}

Words apache_command(const PeerOrder& order, const std::string& module) {
  Values values = values_of(order);
  values["MPM"] = module;
  values["MODULES"] = kApacheModules;
  const std::uint32_t threads =
      std::min(order.connections + kSpareConnections, kMostThreads);
  values["THREADS"] = std::to_string(threads);
  values["ALL_THREADS"] = std::to_string(order.workers * threads);
  values["DOCUMENTS"] = order.folder;
  values["USER"] = "";
  Words words;
  if (geteuid() == 0) words = for_another_user(values, order.folder);
  write_for_all(order.folder + "/plaintext", "Hello, World!");
  write_for_all(order.folder + "/json", R"({"message":"Hello, World!"})");
  const std::string file = order.folder + "/apache.conf";
  fill_template("apache.conf.in", values, file);
  // -DFOREGROUND keeps it in its process group, -DNO_DETACH would not.
  words.insert(words.end(), {kApache.path(), "-DFOREGROUND", "-f", file});
  return words;
}

std::optional<std::string> why_apache_is_missing() {
  if (const auto reason = kApache.why_missing()) return reason;
  if (access(kApacheModules, X_OK) == 0) return std::nullopt;
  return std::string("Apache's modules are not in ") + kApacheModules;
}

PeerInfo apache(const std::string& module, const std::string& summary) {
  return {.id = "apache-" + module,
          .summary = summary,
          .version = [] { return kApache.version(); },
          .why_missing = why_apache_is_missing,
          .command =
              [module](const PeerOrder& order) {
                return apache_command(order, module);
              },
          .serves = serves_constants};
}

bool node_serves(std::string_view target) {
  if (serves_constants(target)) return true;
  // With one parameter; there are no other kernels and no other jobs.
  if (target.find('&') != target.npos) return false;
  return target.starts_with("/cpu?us=") || target.starts_with("/cpu?size=") ||
         target.starts_with("/bytes?n=");
}

PeerInfo node(const std::string& id, const std::string& script,
              const std::string& summary) {
  const std::string file = source_directory() + "/harness/peers/" + script;
  return {.id = id,
          .summary = summary,
          .one_worker = id == "node",
          .version = [] { return kNode.version(); },
          .why_missing = [] { return kNode.why_missing(); },
          .command =
              [file](const PeerOrder& order) {
                return Words{kNode.path(),
                             file,
                             std::to_string(order.port),
                             std::to_string(order.workers),
                             std::to_string(order.seed),
                             std::to_string(order.size_per_ms)};
              },
          .serves = node_serves};
}

PeerInfo nginx() {
  return {.id = "nginx",
          .summary = "an event loop per core, in C; answers from memory",
          .version = [] { return kNginx.version(); },
          .why_missing = [] { return kNginx.why_missing(); },
          .command = nginx_command,
          .serves = serves_constants};
}

}  // namespace

const std::vector<PeerInfo>& all_peers() {
  static const std::vector<PeerInfo> all = {
      nginx(),
      node("node", "node_http.js", "Node: one event loop, compute inline"),
      node("node-pool", "node_pool.js",
           "Node: one event loop, compute in worker threads"),
      node("node-cluster", "node_cluster.js",
           "Node: an event loop per core, the primary hands connections out"),
      apache("event", "Apache: threads for requests; answers are static files"),
      apache("prefork",
             "Apache: a process per connection; answers are static files"),
      {.id = "python",
       .summary = "Python: no server here; messages to processes and threads",
       .version = [] { return kPython.version(); },
       .why_missing = [] { return kPython.why_missing(); }}};
  return all;
}

std::vector<const PeerInfo*> find_peers(const std::string& flag,
                                        const std::string& patterns) {
  const auto selects = [](const std::string& pattern, const PeerInfo& peer) {
    return pattern == "all" || matches(pattern, peer.id);
  };
  return choose(all_peers(), flag, patterns, selects,
                [](const PeerInfo& peer) { return peer.id; });
}

}  // namespace bench
