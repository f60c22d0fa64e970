// The jobs of scenario cpu, done by plain programs.
//
// Three programs as one would write them without this suite: no job object, no
// record, no gate, no driver, no check of answers, none of the harness's
// queues, channels or processes. They compute what the jobs of `cpu` compute.
// So far as a model falls behind the one that is made like it, its figure is
// about us and not about the model.
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "harness/posix/shared_array.h"
#include "scenarios/primitives.h"

namespace bench {
namespace {

void threads_with_a_queue(std::size_t jobs, std::size_t workers,
                          const KernelWork& work) {
  std::mutex mutex;
  std::condition_variable filled;
  std::deque<std::size_t> queue;
  bool closed = false;
  std::vector<std::thread> threads;
  for (std::size_t w = 0; w < workers; ++w) {
    threads.emplace_back([&] {
      for (;;) {
        std::unique_lock lock(mutex);
        filled.wait(lock, [&] { return closed || !queue.empty(); });
        if (queue.empty()) return;
        const std::size_t i = queue.front();
        queue.pop_front();
        lock.unlock();
        benchmark::DoNotOptimize(work(i));
      }
    });
  }
  for (std::size_t i = 0; i < jobs; ++i) {
    {
      const std::lock_guard lock(mutex);
      queue.push_back(i);
    }
    filled.notify_one();
  }
  {
    const std::lock_guard lock(mutex);
    closed = true;
  }
  filled.notify_all();
  for (std::thread& thread : threads) thread.join();
}

pid_t fork_or_throw() {
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("cannot fork");
  return pid;
}

void processes_with_a_counter(std::size_t jobs, std::size_t workers,
                              const KernelWork& work) {
  void* const memory =
      mmap(nullptr, sizeof(std::atomic<std::size_t>), PROT_READ | PROT_WRITE,
           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("cannot map memory");
  auto* const next = new (memory) std::atomic<std::size_t>(0);
  for (std::size_t w = 0; w < workers; ++w) {
    if (fork_or_throw() != 0) continue;
    for (std::size_t i; (i = next->fetch_add(1)) < jobs;) {
      benchmark::DoNotOptimize(work(i));
    }
    _exit(0);
  }
  for (std::size_t w = 0; w < workers; ++w) wait(nullptr);
  munmap(memory, sizeof *next);
}

void processes_with_messages(std::size_t jobs, std::size_t workers,
                             const KernelWork& work) {
  const int children = epoll_create1(0);
  std::vector<int> sockets;
  for (std::size_t w = 0; w < workers; ++w) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) {
      throw std::runtime_error("cannot make a socketpair");
    }
    if (fork_or_throw() == 0) {
      close(ends[0]);
      for (const int other : sockets) close(other);
      for (std::uint64_t word; read(ends[1], &word, sizeof word) > 0;) {
        word = work(word);
        if (write(ends[1], &word, sizeof word) < 0) break;
      }
      _exit(0);
    }
    close(ends[1]);
    sockets.push_back(ends[0]);
    epoll_event event{.events = EPOLLIN, .data = {.fd = ends[0]}};
    epoll_ctl(children, EPOLL_CTL_ADD, ends[0], &event);
  }
  std::uint64_t next = 0;
  const auto send_next = [&](int fd) {
    if (next < jobs && write(fd, &next, sizeof next) > 0) ++next;
  };
  for (const int fd : sockets) send_next(fd);
  for (std::size_t answered = 0; answered < jobs;) {
    epoll_event ready[64];
    const int count = epoll_wait(children, ready, 64, -1);
    for (int place = 0; place < count; ++place) {
      const int fd = ready[place].data.fd;
      std::uint64_t answer;
      if (read(fd, &answer, sizeof answer) <= 0) {
        throw std::runtime_error("a child is gone");
      }
      ++answered;
      send_next(fd);
    }
  }
  for (const int fd : sockets) close(fd);
  close(children);
  for (std::size_t w = 0; w < workers; ++w) wait(nullptr);
}

/// Start and end of all threads and processes are in the time.
template <void (*program)(std::size_t, std::size_t, const KernelWork&)>
void measure(benchmark::State& state) {
  const KernelWork work;
  SharedArray<Gate> gate(1);
  gate[0].enter();
  while (state.KeepRunningBatch(state.max_iterations)) {
    program(all_iterations(state), workers_of(state), work);
  }
  count_usage_from(gate[0]);
}

const RegisterPrimitive registered[] = {
    RegisterPrimitive{{.id = "plain-queue",
                       .summary = "a plain program: threads, a queue, a mutex",
                       .body = measure<threads_with_a_queue>,
                       .scenario = "cpu",
                       .beside = "queue",
                       .fits = jobs_are_even}},
    RegisterPrimitive{
        {.id = "plain-counter",
         .summary = "a plain program: forked processes, a shared counter",
         .body = measure<processes_with_a_counter>,
         .scenario = "cpu",
         .beside = "ticket",
         .fits = jobs_are_even}},
    RegisterPrimitive{
        {.id = "plain-messages",
         .summary = "a plain program: forked processes, a socket to each",
         .body = measure<processes_with_messages>,
         .scenario = "cpu",
         .beside = "seqpacket-echo",
         .fits = jobs_are_even}},
};

}  // namespace
}  // namespace bench
