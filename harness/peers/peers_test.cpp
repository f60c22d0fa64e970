// Every peer that is installed: starts, answers, keeps connections, ends.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "harness/peers/peer.h"
#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/fd.h"
#include "harness/posix/loopback.h"

namespace bench {

/// How a failed test names its peer.
std::ostream& operator<<(std::ostream& out, const PeerInfo& peer) {
  return out << peer.id;
}

namespace {

using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr auto kPatience = std::chrono::seconds(20);

/// A socket of 127.0.0.1:port, as bind(2) or connect(2) leaves it.
template <typename Call>
Fd socket_at(std::uint16_t port, Call call) {
  Fd fd(check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  const sockaddr_in address = loopback(port);
  const auto* generic = general(address);
  if (call(fd.get(), generic, sizeof address) != 0) return Fd();
  return fd;
}

Fd connect_to(std::uint16_t port) { return socket_at(port, connect); }

std::uint16_t free_port() {
  const Fd fd = socket_at(0, bind);
  sockaddr_in address{};
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  check(getsockname(fd.get(), generic, &size), "getsockname");
  return ntohs(address.sin_port);
}

struct Reply {
  std::string status;
  std::vector<std::string> fields;  ///< names
  std::string body;
};

/// Reads one answer that has a Content-Length.
Reply read_reply(const Fd& fd) {
  std::string text;
  std::size_t length = std::string::npos;
  while (text.size() < length) {
    char piece[4096];
    const ssize_t got = read(fd.get(), piece, sizeof piece);
    if (got <= 0) throw std::runtime_error("the connection ended: " + text);
    text.append(piece, static_cast<std::size_t>(got));
    const std::size_t end = text.find("\r\n\r\n");
    const std::size_t field = text.find("Content-Length: ");
    if (end == std::string::npos || field == std::string::npos) continue;
    length = end + 4 + std::stoul(text.substr(field + 16));
  }
  Reply reply;
  const std::size_t end = text.find("\r\n\r\n");
  std::istringstream head(text.substr(0, end));
  std::getline(head, reply.status);
  for (std::string line; std::getline(head, line);) {
    reply.fields.push_back(line.substr(0, line.find(':')));
  }
  reply.body = text.substr(end + 4);
  return reply;
}

Reply get(const Fd& fd, const std::string& target) {
  const std::string request =
      "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  check(write(fd.get(), request.data(), request.size()), "write");
  return read_reply(fd);
}

class Folder {
 public:
  Folder() {
    if (mkdtemp(path_.data()) == nullptr) throw_errno("mkdtemp " + path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ =
      std::filesystem::temp_directory_path() / "bench-peer-XXXXXX";
};

/// A peer in a process group of its own. Whoever it leaves behind becomes a
/// child of this process.
class Running {
 public:
  explicit Running(const PeerInfo& peer) {
    const std::vector<std::string> words =
        peer.command({.port = port_,
                      .workers = 2,
                      .connections = 8,
                      .seed = 20260101,
                      .size_per_ms = 100'000,
                      .folder = folder_.path()});
    check(prctl(PR_SET_CHILD_SUBREAPER, 1), "prctl");
    Child child = Child::fork([&] {
      setpgid(0, 0);
      std::vector<char*> pointers;
      for (const std::string& word : words) {
        pointers.push_back(const_cast<char*>(word.c_str()));
      }
      pointers.push_back(nullptr);
      execv(pointers[0], pointers.data());
      throw_errno("execv " + words[0]);
    });
    group_ = child.pid();
    setpgid(group_, group_);
    child.disown();  // end() reaps the whole group
  }
  ~Running() {
    end(SIGKILL);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
  }

  /// A connection, as soon as the peer takes one.
  Fd connection() const {
    const auto limit = steady_clock::now() + kPatience;
    while (steady_clock::now() < limit) {
      if (Fd fd = connect_to(port_)) return fd;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    throw std::runtime_error("nobody listens");
  }
  bool listens() const { return static_cast<bool>(connect_to(port_)); }

  /// Signals the group and reaps it; false if it does not end.
  bool end(int number) const {
    kill(-group_, number);
    const auto limit = steady_clock::now() + kPatience;
    while (steady_clock::now() < limit) {
      const pid_t reaped = waitpid(-group_, nullptr, WNOHANG);
      if (reaped < 0) return kill(-group_, 0) < 0;
      if (reaped == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    }
    return false;
  }

 private:
  const Folder folder_;
  const std::uint16_t port_ = free_port();
  pid_t group_ = 0;
};

class Peers : public ::testing::TestWithParam<PeerInfo> {
 protected:
  void SetUp() override {
    const std::optional<std::string> reason = GetParam().why_missing();
    if (reason) GTEST_SKIP() << *reason;
  }
};

TEST_P(Peers, KeepsAConnectionAndSendsTheHeadersThatWeSend) {
  const Running peer(GetParam());
  const Fd fd = peer.connection();
  for (const auto& [target, body] :
       {std::pair("/plaintext", "Hello, World!"),
        std::pair("/json", R"({"message":"Hello, World!"})"),
        std::pair("/plaintext?a=query&of=no-use", "Hello, World!")}) {
    Reply reply = get(fd, target);
    EXPECT_EQ(reply.status, "HTTP/1.1 200 OK\r");
    EXPECT_EQ(reply.body, body);
    // nginx and Node say what HTTP/1.1 has anyway, and cannot be told not to.
    std::erase(reply.fields, "Connection");
    EXPECT_THAT(reply.fields,
                UnorderedElementsAre("Date", "Server", "Content-Type",
                                     "Content-Length"));
  }
  EXPECT_THAT(get(fd, "/nothing").status, HasSubstr(" 40"));
}

TEST_P(Peers, EndsWithItsGroup) {
  for (const int number : {SIGTERM, SIGKILL}) {
    const Running peer(GetParam());
    get(peer.connection(), "/plaintext");
    EXPECT_TRUE(peer.end(number));
    EXPECT_FALSE(peer.listens());
  }
}

TEST_P(Peers, TellsItsVersion) {
  EXPECT_THAT(GetParam().version(),
              ::testing::MatchesRegex("(nginx|Node|Apache) [0-9.]+"));
}

TEST_P(Peers, ComputesWhatWeCompute) {
  if (!GetParam().serves("/cpu?us=1")) GTEST_SKIP() << "does not compute";
  const Running peer(GetParam());
  const Fd fd = peer.connection();
  // Of GET /cpu?size=100000 to a server of ours with the same seed.
  const std::string digest = R"({"digest":"0000000024e93710"})";
  EXPECT_EQ(get(fd, "/cpu?size=100000").body, digest);
  EXPECT_EQ(get(fd, "/cpu?us=1000").body, digest);
  EXPECT_EQ(get(fd, "/cpu?us=1e3").body, digest);
  for (const char* query :
       {"", "?us=much", "?us=0", "?size=1e10", "?us=1&x=1", "?x=1"}) {
    EXPECT_THAT(get(fd, std::string("/cpu") + query).status,
                HasSubstr(" 400 "));
  }
}

TEST_P(Peers, SendsLongAnswers) {
  if (!GetParam().serves("/bytes?n=1")) GTEST_SKIP() << "has no /bytes";
  const Running peer(GetParam());
  const std::string body = get(peer.connection(), "/bytes?n=1000003").body;
  ASSERT_EQ(body.size(), 1'000'003U);
  for (std::size_t i = 0; i < body.size(); ++i) {
    ASSERT_EQ(body[i], static_cast<char>('a' + i % 26)) << i;
  }
  EXPECT_THAT(get(peer.connection(), "/bytes?n=-1").status, HasSubstr(" 400 "));
}

std::vector<PeerInfo> servers() {
  std::vector<PeerInfo> all = all_peers();
  std::erase_if(all, [](const PeerInfo& one) { return !one.command; });
  return all;
}

INSTANTIATE_TEST_SUITE_P(, Peers, ::testing::ValuesIn(servers()),
                         [](const auto& tested) {
                           std::string name = tested.param.id;
                           std::erase(name, '-');
                           return name;
                         });

std::string refusal(const std::string& patterns) {
  try {
    find_peers("--peers", patterns);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

std::vector<std::string> ids(const std::string& patterns) {
  std::vector<std::string> found;
  for (const PeerInfo* peer : find_peers("--peers", patterns)) {
    found.push_back(peer->id);
  }
  return found;
}

TEST(FindPeers, TakesIdsGlobsAndAll) {
  EXPECT_EQ(ids("all").size(), all_peers().size());
  EXPECT_THAT(
      ids("apache-*,nginx,nginx"),
      ::testing::ElementsAre("nginx", "apache-event", "apache-prefork"));
}

TEST(FindPeers, NamesTheFlagAndTheChoices) {
  EXPECT_EQ(refusal("nginx,iis"),
            "--peers takes all, nginx, node, node-pool, node-cluster, "
            "apache-event, apache-prefork, python or a glob, got 'iis'");
  EXPECT_THAT(refusal(""), HasSubstr("got ''"));
}

TEST(MissingPeers, SayWhatInstallsThem) {
  const char* path = std::getenv("PATH");
  const std::string kept = path != nullptr ? path : "";
  setenv("PATH", "", 1);
  for (const PeerInfo& peer : all_peers()) {
    EXPECT_THAT(peer.why_missing().value_or(""),
                HasSubstr("is not installed; scripts/setup --peers installs"));
    EXPECT_THROW(peer.version(), std::runtime_error);
  }
  setenv("PATH", kept.c_str(), 1);
}

}  // namespace
}  // namespace bench
