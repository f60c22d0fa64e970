// Loop: how each step is started, and what its callback does.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "harness/loop.h"
#include "harness/posix/clock.h"
#include "harness/posix/file.h"

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
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto look = [&] {
    return connect(fd, reinterpret_cast<const sockaddr*>(&address),
                   sizeof address);
  };
  if (look() == 0 || (errno == EINPROGRESS && look() == 0)) return {fd, 0};
  return {fd, -errno};
}

/// True if the stream has something to say about `events` at this moment.
bool ready(const uv_tcp_t& stream, short events) {
  uv_os_fd_t fd = -1;
  uv_fileno(reinterpret_cast<const uv_handle_t*>(&stream), &fd);
  pollfd look{fd, events, 0};
  return poll(&look, 1, 0) > 0;
}

}  // namespace

void Loop::compute(Task& task) {
  uv_work_t& request = task.request.work;
  request.data = &task;
  uv_queue_work(
      &loop_, &request,
      [](uv_work_t* done) {  // on a thread of the pool
        Task& mine = *static_cast<Task*>(done->data);
        mine.worker = pool_thread();
        mine.step = mine.job->resume(0);
      },
      [](uv_work_t* done, int) {  // on the loop's thread again
        Task& mine = *static_cast<Task*>(done->data);
        mine.loop->obey(mine, mine.step);
      });
}

void Loop::pause(Task& task) {
  alarm_->set(now_ns() + task.step.time.count(), &task);
}

std::optional<ssize_t> Loop::connect(Task& task) {
  uv_tcp_init(&loop_, &task.stream);
  task.stream.data = &task;
  task.has_stream = true;
  task.time = task.step.time;
  const auto [fd, result] = begin_to_connect(task.step.port);
  if (fd < 0) return result;
  const int error = uv_tcp_open(&task.stream, fd);
  if (error < 0) ::close(fd);
  if (error < 0 || result != -EALREADY) return error < 0 ? error : result;
  // Writing nothing is done when the connection is there, or has failed.
  uv_buf_t nothing = uv_buf_init(nullptr, 0);
  return write_all(task, nothing);
}

std::optional<ssize_t> Loop::read(Task& task) {
  const int error = uv_read_start(
      reinterpret_cast<uv_stream_t*>(&task.stream),
      [](uv_handle_t* handle, std::size_t, uv_buf_t* room) {
        const Step& step = static_cast<Task*>(handle->data)->step;
        *room = uv_buf_init(reinterpret_cast<char*>(step.data),
                            static_cast<unsigned>(step.size));
      },
      [](uv_stream_t* stream, ssize_t got, const uv_buf_t*) {
        if (got == 0) return;  // EAGAIN: libuv goes on waiting
        Task& mine = *static_cast<Task*>(stream->data);
        uv_read_stop(stream);
        uv_timer_stop(&mine.patience);
        mine.loop->resume(mine, got == UV_EOF ? 0 : got);
      });
  if (error < 0) return error;
  start_patience(task);
  return std::nullopt;
}

std::optional<ssize_t> Loop::write(Task& task) {
  const uv_buf_t bytes = uv_buf_init(reinterpret_cast<char*>(task.step.data),
                                     static_cast<unsigned>(task.step.size));
  // Most writes fit into the socket's buffer: no callback is needed.
  const int written =
      uv_try_write(reinterpret_cast<uv_stream_t*>(&task.stream), &bytes, 1);
  if (written != UV_EAGAIN) return written;
  return write_all(task, bytes);
}

std::optional<ssize_t> Loop::write_all(Task& task, const uv_buf_t& bytes) {
  uv_write_t& request = task.request.write;
  request.data = &task;
  const int error = uv_write(
      &request, reinterpret_cast<uv_stream_t*>(&task.stream), &bytes, 1,
      [](uv_write_t* done, int status) {
        if (status == UV_ECANCELED) return;  // lost patience: nobody waits
        Task& mine = *static_cast<Task*>(done->data);
        uv_timer_stop(&mine.patience);
        // libuv calls back when it has written everything, or failed.
        const bool wrote = mine.step.kind == Step::Kind::write;
        const auto all = static_cast<ssize_t>(wrote ? mine.step.size : 0);
        mine.loop->resume(mine, status < 0 ? status : all);
      });
  if (error < 0) return error;
  start_patience(task);
  return std::nullopt;
}

std::optional<ssize_t> Loop::read_file(Task& task) {
  uv_fs_t& request = task.request.file;
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
  if (task.time.count() <= 0) return;
  const auto milliseconds =
      std::chrono::ceil<std::chrono::milliseconds>(task.time).count();
  uv_update_time(&loop_);  // jobs that computed since have made it stale
  uv_timer_start(
      &task.patience,
      [](uv_timer_t* timer) {
        Task& mine = *static_cast<Task*>(timer->data);
        mine.loop->lose_patience(mine);
      },
      static_cast<std::uint64_t>(milliseconds), 0);
}

void Loop::lose_patience(Task& task) {
  const bool reading = task.step.kind == Step::Kind::read;
  // A busy loop may come late to an answer that came in time; timers are run
  // before descriptors. What is there already counts.
  if (ready(task.stream, reading ? POLLIN : POLLOUT)) return;
  if (reading) uv_read_stop(reinterpret_cast<uv_stream_t*>(&task.stream));
  resume(task, -ETIMEDOUT);
}

}  // namespace bench
