#pragma once
// Between a connection and a BodySink: one piece is written in the worker pool while the next is read from the socket.
// Lives on an event thread but for the jobs it posts; those hold it, so it outlives the connection when it must.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/log_scope.hpp"
#include "core/worker_pool.hpp"
#include "daemon/http/body.hpp"
#include "daemon/http/mailbox.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

class SinkFeed : public std::enable_shared_from_this<SinkFeed> {
 public:
  // `on_change` is called on the event thread when there is room again or the outcome is there.
  SinkFeed(std::shared_ptr<BodySink> sink, core::WorkerPool& pool, std::shared_ptr<Mailbox> mailbox,
           std::function<void()> on_change, core::Logger logger);

  // Where to put the next bytes; empty: pause reading.
  std::span<std::uint8_t> space();
  void filled(std::size_t bytes) { filled_ += bytes; }
  // The body is complete; nothing is filled in any more.
  void end() { ended_ = true; }
  // Hands over what has gathered, if the sink is free.
  void hand_over();
  // The sink's answer, once there is one.
  std::optional<core::Expected<Response>>& outcome() { return outcome_; }
  // The request ended early: the sink is destroyed on a worker thread, without finish().
  void drop();

 private:
  void run_job(std::shared_ptr<BodySink> sink, std::size_t bytes, bool last);
  void job_done(std::optional<core::Expected<Response>> outcome);

  std::shared_ptr<BodySink> sink_;
  core::WorkerPool& pool_;
  std::shared_ptr<Mailbox> mailbox_;
  std::function<void()> on_change_;
  core::Logger logger_;
  const std::string request_id_ = core::LogScope::request_id();  // of who made this
  std::unique_ptr<std::uint8_t[]> filling_;
  std::unique_ptr<std::uint8_t[]> writing_;  // the job's while busy_
  std::size_t filled_ = 0;
  bool busy_ = false;
  bool ended_ = false;
  std::atomic<bool> dropped_ = false;
  std::optional<core::Expected<Response>> outcome_;
};

}  // namespace kith::daemon
