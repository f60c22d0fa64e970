// BlockingQueue: things on their way from some threads to others.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace bench {

/// First in, first out, with room for a fixed number: the queue of every course
/// on threads, one mutex and two condition variables. Any thread may push, pop
/// and close.
template <typename T>
class BlockingQueue {
 public:
  explicit BlockingQueue(std::size_t capacity) : ring_(capacity) {}

  /// Waits while the queue is full. REQUIRES: it is not closed.
  // LESSON: a thread is woken only if one sleeps: a notification is a system
  // call, and most of the time nobody is there to hear it.
  void push(T value) {
    std::unique_lock lock(mutex_);
    while (count_ == ring_.size()) {
      ++waiting_for_room_;
      room_.wait(lock);
      --waiting_for_room_;
    }
    ring_[(first_ + count_++) % ring_.size()] = std::move(value);
    const bool wake = waiting_for_value_ > 0;
    lock.unlock();
    if (wake) value_.notify_one();
  }

  /// Waits while the queue is empty; nothing once it is closed and empty.
  // LESSON: whoever waits for room is woken when half of it is there. Woken for
  // every place, it would run for one push and sleep again: two switches a job.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    while (count_ == 0) {
      if (closed_) return std::nullopt;
      ++waiting_for_value_;
      value_.wait(lock);
      --waiting_for_value_;
    }
    std::optional<T> value(std::move(ring_[first_]));
    first_ = (first_ + 1) % ring_.size();
    --count_;
    const bool wake = waiting_for_room_ > 0 && count_ <= ring_.size() / 2;
    lock.unlock();
    if (wake) room_.notify_all();
    return value;
  }

  /// Nothing more will come.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    value_.notify_all();
  }

 private:
  std::mutex mutex_;  ///< of all below
  std::condition_variable value_;
  std::condition_variable room_;
  std::vector<T> ring_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::size_t waiting_for_value_ = 0;
  std::size_t waiting_for_room_ = 0;
  bool closed_ = false;
};

}  // namespace bench
