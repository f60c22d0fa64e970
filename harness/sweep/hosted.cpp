// HostedServer: start, make sure that it answers, stop.
#include "harness/sweep/hosted.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <utility>

#include "harness/core/parameters.h"
#include "harness/core/registry.h"
#include "harness/core/server.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "harness/posix/descriptors.h"
#include "harness/posix/loopback.h"
#include "harness/posix/pipe.h"
#include "harness/posix/shared_array.h"
#include "harness/sweep/generations.h"

namespace bench {
namespace {

using namespace std::chrono_literals;

/// A port that nobody gets but who asks for it by its number: bound, but not
/// listening. The server binds it as well, as both allow that.
/// [socket(7), SO_REUSEADDR]
Fd reserve_port() {
  Fd fd(check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = loopback(0);
  check(bind(fd.get(), general(address), sizeof address), "bind 127.0.0.1");
  return fd;
}

void wait_until_it_answers(const std::string& name, const Listening& server) {
  const ServerAddress address = loopback_address("127.0.0.1", server.port);
  const std::int64_t started = now_ns();
  while (refusal_of(address) != 0) {
    std::optional<std::string> end = server.group.death();
    if (!end && seconds_between(started, now_ns()) < kSecondsToListen) {
      sleep_for(2ms);
      continue;
    }
    throw std::runtime_error(name + " " +
                             end.value_or("took no connection within 10 s"));
  }
}

/// A process that does nothing but wait for our end, whatever it is, and then
/// kills `group`. LESSON: the kernel can kill a child when its parent dies, but
/// that child's own children must ask for it themselves, and other people's
/// programs do not. [prctl(2), PR_SET_PDEATHSIG]
Child guard(pid_t group) {
  const pid_t owner = getpid();
  return Child::fork([=] {
    setpgid(0, 0);  // Ctrl-C is not for it
    sigset_t sign;
    sigemptyset(&sign);
    sigaddset(&sign, SIGTERM);
    sigprocmask(SIG_BLOCK, &sign, nullptr);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int signal = 0;
    if (getppid() == owner) sigwait(&sign, &signal);
    kill(-group, SIGKILL);
  });
}

Listening supervised(const ServeOrder& order, const std::string& program) {
  return start_listening("the server", order.order.cpus, [&](int ready) -> int {
    become(program,
           {"bench", "__supervise", to_text(order), std::to_string(ready)});
  });
}

}  // namespace

std::vector<Fd> listeners_for(std::uint16_t port, const ModelInfo& model,
                              std::uint32_t workers) {
  std::vector<Fd> all;
  all.push_back(listen_on(port, model.own_listeners));
  while (model.own_listeners && all.size() < workers) {
    all.push_back(listen_on(port_of(all.front().get()), /*shared=*/true));
  }
  return all;
}

Starting begin_serving(ServeOrder order, const std::vector<Fd>& listeners,
                       const Fd& counts, const Fd& board,
                       const std::string& program) {
  for (const Fd& one : listeners) order.listeners.push_back(one.get());
  order.counts = counts.get();
  order.board = board.get();
  return begin_listening(order.order.cpus, [&](int ready) -> int {
    for (const Fd& one : listeners) keep_open_over_exec(one.get());
    keep_open_over_exec(counts.get());
    if (board) keep_open_over_exec(board.get());
    become(program,
           {"bench", "__serve", to_text(order), std::to_string(ready)});
  });
}

HostedServer HostedServer::start(const ServeOrder& order) {
  const std::size_t seats = Server::seats(order.order.workers);
  Fd counts = SharedArray<WorkerCounts>::make_memory(seats);
  HostedServer server(wait_until_it_listens(
      "the server",
      begin_serving(
          order,
          listeners_for(0, model_named(order.order.model), order.order.workers),
          counts, Fd())));
  server.counts_ = std::move(counts);
  server.seats_ = seats;
  return server;
}

HostedServer HostedServer::start_supervised(const ServeOrder& order) {
  return HostedServer(supervised(order, kThisBinary));
}

HostedServer HostedServer::start_supervised_copy(const ServeOrder& order) {
  TemporaryFolder folder("bench-upgrade");
  for (const char* name : {"/bench", "/next"}) {
    std::filesystem::copy_file(kThisBinary, folder.path() + name);
  }
  HostedServer server(supervised(order, folder.path() + "/bench"));
  server.folder_ = std::move(folder);
  return server;
}

int run_supervisor(const std::vector<std::string>& words) {
  const auto order = from_text<ServeOrder>(words.at(1));
  const int ready = std::stoi(words.at(2));
  std::vector<Fd> listeners =
      listeners_for(0, model_named(order.order.model), order.order.workers);
  const std::uint16_t port = port_of(listeners.front().get());
  Generations generations(order.order.model, std::move(listeners),
                          {.grace = kFaultGrace,
                           .health = Supervision::Time(order.health_ns),
                           .admin = false,
                           .limits = {.memory = order.most_memory}});
  generations.run(
      order, [&] { return ServeOrder(order); }, [&] { say_port(ready, port); });
  return 0;
}

/// Of those who have served, and of loops that could have.
std::vector<WorkerAccount> HostedServer::account() const {
  std::vector<WorkerAccount> all;
  if (!counts_) return all;
  for (const WorkerCounts& one :
       SharedArray<WorkerCounts>(counts_.get(), seats_)) {
    if (one.connections == 0 && !one.loops) continue;
    all.push_back({one.thread, one.connections, one.requests});
  }
  return all;
}

HostedServer HostedServer::start_command(const std::string& name,
                                         const std::vector<int>& cpus,
                                         const Command& command) {
  const Fd reserved = reserve_port();
  const std::uint16_t port = port_of(reserved.get());
  TemporaryFolder folder("bench-peer");
  const std::vector<std::string> words = command(port, folder.path());
  HostedServer server({ProcessGroup::start(cpus,
                                           [&]() -> int {
                                             use_all_descriptors();
                                             become(words.front(), words);
                                           }),
                       port});
  server.folder_ = std::move(folder);
  server.guard_ = guard(server.pid());
  wait_until_it_answers(name, server.listening_);
  return server;
}

std::vector<pid_t> HostedServer::processes() const {
  std::vector<pid_t> all = {pid()};
  if (guard_) all.push_back(guard_->pid());
  return all;
}

void HostedServer::ask_to_stop() const {
  kill(guard_ ? -pid() : pid(), SIGTERM);
}

ServerEnd HostedServer::stop(std::chrono::nanoseconds grace) const {
  ask_to_stop();
  const std::chrono::duration<double> patience = grace + kAfterGrace;
  if (!group().wait_for_end(patience.count())) {
    return {.how = "did not stop within " + shortest(patience.count()) + " s"};
  }
  return {.in_time = true, .how = death().value_or("")};
}

}  // namespace bench
