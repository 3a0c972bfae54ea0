#pragma once
// A fixed number of threads and a bounded queue, for work that blocks (disk, SQLite, Argon2id, peers).
// A task runs with the LogScope of who posted it. Thread-safe. The destructor stops taking work, finishes what is
// queued, and joins.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace kith::core {

class WorkerPool {
 public:
  // `name` (at most 15 characters) is what tools like top show for the threads.
  WorkerPool(const std::string& name, std::size_t threads, std::size_t queue_limit);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False, and the task is not taken, when the queue is full or the pool is stopping. A task must not throw.
  [[nodiscard]] bool try_post(std::function<void()> task);
  // Takes the task beyond the queue limit: for the continuation of work already accepted, which is bounded by its own
  // limits (one piece a request). False only when the pool is stopping.
  [[nodiscard]] bool post(std::function<void()> task);
  // Finishes what is queued and joins the threads; further posts are refused. Idempotent.
  void stop();
  std::size_t queued() const;

 private:
  struct Task {
    std::function<void()> run;
    std::string request_id;  // of who posted it
  };
  void run(const std::string& name);

  const std::size_t queue_limit_;
  mutable std::mutex mutex_;  // guards the three below
  std::condition_variable wake_;
  std::deque<Task> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kith::core
