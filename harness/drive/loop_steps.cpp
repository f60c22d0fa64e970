// Loop: how each step is started, and what its callback does.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

#include "harness/drive/loop.h"
#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "harness/posix/file.h"
#include "harness/posix/loopback.h"
#include "harness/posix/poll.h"

namespace bench {
namespace {

/// Numbers the threads of libuv's pool in the order of their first work.
std::uint32_t pool_thread() {
  static std::atomic<std::uint32_t> threads{0};
  thread_local const std::uint32_t mine = threads.fetch_add(1);
  return mine;
}

struct Connecting {
  int fd;          ///< -1 if there is none
  ssize_t result;  ///< 0: connected; -EALREADY: not yet; else why it failed
};

/// Begins to connect to `port` on 127.0.0.1, and looks at once how far that
/// has come: over loopback the handshake is mostly over when connect(2)
/// returns, as it is for a thread that blocks, and there is nothing to wait
/// for. uv_tcp_connect() would always wait for an event.
Connecting begin_to_connect(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return {-1, -errno};
  reset_when_closed(fd);
  const sockaddr_in address = loopback(port);
  const auto look = [&] {
    return connect(fd, general(address), sizeof address);
  };
  if (look() == 0 || (errno == EINPROGRESS && look() == 0)) return {fd, 0};
  return {fd, -errno};
}

int fd_of(const uv_tcp_t& stream) {
  uv_os_fd_t fd = -1;  // if it has none
  uv_fileno(reinterpret_cast<const uv_handle_t*>(&stream), &fd);
  return fd;
}

/// True if the stream has something to say about `events` at this moment.
bool ready(const uv_tcp_t& stream, short events) {
  return poll_for(fd_of(stream), events, {}) > 0;
}

}  // namespace

void Loop::compute(Task& task) {
  uv_work_t& request = task.work;
  request.data = &task;
  uv_queue_work(
      &loop_, &request,
      [](uv_work_t* done) {  // on a thread of the pool
        Task& mine = *static_cast<Task*>(done->data);
        mine.worker = pool_thread();
        mine.computed = mine.job->resume(0);
      },
      [](uv_work_t* done, int) {  // on the loop's thread again
        Task& mine = *static_cast<Task*>(done->data);
        mine.loop->obey(mine, mine.computed);
      });
}

void Loop::pause(Task& task) {
  alarm_->set(now_ns() + task.step.time.count(), &task);
}

std::optional<ssize_t> Loop::connect(Task& task) {
  const std::uint16_t port = task.step.port;
  task.time = task.step.time;
  if (task.line != nullptr) close(*std::exchange(task.line, nullptr));
  task.line = task.step.keep ? kept_line(port) : nullptr;
  if (task.line != nullptr) {
    task.line->task = &task;
    return 1;
  }
  Line& line = new_line(task, port);
  const auto [fd, result] = begin_to_connect(port);
  if (fd < 0) return result;
  const int error = uv_tcp_open(&line.stream, fd);
  if (error < 0) ::close(fd);
  if (error < 0 || result != -EALREADY) return error < 0 ? error : result;
  // Writing nothing is done when the connection is there, or has failed.
  uv_buf_t nothing = uv_buf_init(nullptr, 0);
  return write_all(task, nothing);
}

std::optional<ssize_t> Loop::read(Task& task) {
  if (task.step.idle && idle_waits_end_) return 0;
  start_patience(task);
  if (task.line->reading) return std::nullopt;
  const auto make_room = [](uv_handle_t* handle, std::size_t, uv_buf_t* room) {
    Line& line = *static_cast<Line*>(handle->data);
    const Task* const mine = line.task;
    if (mine == nullptr) {
      *room = uv_buf_init(&line.excess, 1);
    } else if (asks_for_input(*mine)) {
      *room = uv_buf_init(reinterpret_cast<char*>(mine->step.data),
                          static_cast<unsigned>(mine->step.size));
    } else {
      *room = uv_buf_init(nullptr, 0);
    }
  };
  const int error = uv_read_start(
      reinterpret_cast<uv_stream_t*>(&task.line->stream), make_room,
      [](uv_stream_t* stream, ssize_t got, const uv_buf_t*) {
        Line& mine = *static_cast<Line*>(stream->data);
        mine.loop->on_input(mine, got);
      });
  if (error < 0) return error;
  // Once begun, looking for input goes on while the job does something else:
  // to stop and begin again would cost two system calls for each request.
  task.line->reading = true;
  return std::nullopt;
}

void Loop::on_input(Line& line, ssize_t got) {
  if (got == 0) return;  // EAGAIN: libuv goes on waiting
  if (got < 0) {
    uv_read_stop(reinterpret_cast<uv_stream_t*>(&line.stream));
    line.reading = false;
  }
  if (line.task == nullptr) {  // kept, and the peer has closed it
    close(line);
    return;
  }
  // What nobody asked for, be it input or its end, stays where it is until
  // somebody does: a job that computes, calls or writes waits for something
  // else. libuv brings the end without having asked for a buffer.
  if (!asks_for_input(*line.task)) return;
  line.task->deadline = 0;
  resume(*line.task, got == UV_EOF ? 0 : got);
}

std::optional<ssize_t> Loop::write(Task& task) {
  // Most writes fit into the socket's buffer: no callback is needed. send(2) is
  // what uv_try_write() would do by write(2), for 2 % less of a short request.
  const ssize_t sent = retry([&] {
    return send(fd_of(task.line->stream), task.step.data, task.step.size,
                MSG_NOSIGNAL | MSG_DONTWAIT);
  });
  if (sent >= 0) return sent;
  if (errno != EAGAIN) return -errno;
  return write_all(task, uv_buf_init(reinterpret_cast<char*>(task.step.data),
                                     static_cast<unsigned>(task.step.size)));
}

std::optional<ssize_t> Loop::write_all(Task& task, const uv_buf_t& bytes) {
  Line& line = *task.line;
  line.write.data = &line;
  const int error = uv_write(
      &line.write, reinterpret_cast<uv_stream_t*>(&line.stream), &bytes, 1,
      [](uv_write_t* done, int status) {
        if (status == UV_ECANCELED) return;  // lost patience: nobody waits
        Task& mine = *static_cast<Line*>(done->data)->task;
        mine.deadline = 0;
        // libuv calls back when it has written everything, or failed.
        const bool wrote = mine.step.kind == Step::Kind::write;
        const auto all = static_cast<ssize_t>(wrote ? mine.step.size : 0);
        mine.loop->resume(mine, status < 0 ? status : all);
      });
  if (error < 0) return error;
  start_patience(task);
  return std::nullopt;
}

ssize_t Loop::shut(Task& task) {
  // The job has waited for its last write: libuv has nothing left to send.
  return shutdown(fd_of(task.line->stream), SHUT_WR) < 0 ? -errno : 0;
}

std::optional<ssize_t> Loop::call(Task& task) {
  Call& call = *task.step.call;
  if (delegate_) {
    delegate_(call, &task);
    return std::nullopt;
  }
  std::unique_ptr<Job> job = call.service->job(call.work);
  if (job == nullptr) {
    call.answer = call.service->answer(call.work, nullptr);
    return 0;
  }
  Task& inner = idle_task();
  inner.outer = &task;
  inner.starting = true;
  start(inner, std::move(job));
  inner.starting = false;
  if (inner.outer != nullptr) return std::nullopt;
  return inner.result;  // it never had to wait
}

void Loop::complete(Promise promise, ssize_t result) {
  resume(*static_cast<Task*>(promise), result);
}

std::optional<ssize_t> Loop::read_file(Task& task) {
  if (task.file == nullptr) task.file = std::make_unique<uv_fs_t>();
  uv_fs_t& request = *task.file;
  request.data = &task;
  const uv_buf_t room = uv_buf_init(reinterpret_cast<char*>(task.step.data),
                                    static_cast<unsigned>(task.step.size));
  // LESSON: no kernel tells a loop when a file is ready. libuv reads it in a
  // thread of its pool, of which there are four if nobody asks for more.
  const int error = uv_fs_read(&loop_, &request, task.step.file->fd(), &room, 1,
                               task.step.offset, [](uv_fs_t* done) {
                                 Task& mine = *static_cast<Task*>(done->data);
                                 const ssize_t got = done->result;
                                 uv_fs_req_cleanup(done);
                                 mine.loop->resume(mine, got);
                               });
  if (error < 0) return error;
  return std::nullopt;
}

void Loop::start_patience(Task& task) {
  const auto time = task.step.time.count() > 0 ? task.step.time : task.time;
  if (time.count() <= 0) return;
  const auto milliseconds =
      std::chrono::ceil<std::chrono::milliseconds>(time).count();
  // libuv reads the clock once a turn.
  if (computed_) uv_update_time(&loop_);
  computed_ = false;
  task.deadline = uv_now(&loop_) + static_cast<std::uint64_t>(milliseconds);
  task.unsent = task.line->stream.write_queue_size;
  // A clock that rings too early sets itself anew: most waits are over long
  // before, and this costs them nothing.
  if (task.alarm == 0 || task.alarm > task.deadline) ring(task);
}

/// Looks whether the job has waited too long, and sets the clock if not.
void Loop::ring(Task& task) {
  task.alarm = 0;
  if (task.deadline == 0) return;
  const std::uint64_t now = uv_now(&loop_);
  if (now >= task.deadline) {
    lose_patience(task);
    return;
  }
  task.alarm = task.deadline;
  uv_timer_start(
      &task.patience,
      [](uv_timer_t* timer) {
        Task& mine = *static_cast<Task*>(timer->data);
        mine.loop->ring(mine);
      },
      task.deadline - now, 0);
}

void Loop::lose_patience(Task& task) {
  const bool reading = asks_for_input(task);
  // A busy loop may come late to an answer that came in time; timers are run
  // before descriptors. What is there already counts, and so does what a slow
  // reader took since: libuv calls back when it has written everything, but a
  // thread that blocks would have a new limit for each part.
  const uv_tcp_t& stream = task.line->stream;
  if (ready(stream, reading ? POLLIN : POLLOUT) ||
      stream.write_queue_size < task.unsent) {
    start_patience(task);
    return;
  }
  task.deadline = 0;
  resume(task, -ETIMEDOUT);
}

}  // namespace bench
