#pragma once
// Between a BodySource and a connection: the next piece is made in the worker pool while the last one is sent. Lives on
// an event thread but for the jobs it posts; those hold it.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/log.hpp"
#include "core/log_scope.hpp"
#include "core/worker_pool.hpp"
#include "daemon/http/body.hpp"
#include "daemon/http/mailbox.hpp"
#include "daemon/http/output_queue.hpp"

namespace kith::daemon {

class SourcePull : public std::enable_shared_from_this<SourcePull> {
 public:
  enum class State : std::uint8_t {
    idle,     // pull() starts the next read
    reading,  // in the pool
    pending,  // the source waits for something
    ended,
    failed,
  };
  // Gets each piece (with its chunk framing) on the event thread; nothing when only the state changed.
  using OnPiece = std::function<void(std::shared_ptr<Piece>)>;

  SourcePull(StreamedBody body, bool chunked, core::WorkerPool& pool, std::shared_ptr<Mailbox> mailbox,
             OnPiece on_piece, core::Logger logger);
  // Starts a read when idle.
  void pull();
  State state() const { return state_; }
  bool has_length() const { return left_.has_value(); }
  // Nothing is wanted any more. Idempotent.
  void stop();

 private:
  void listen();
  void woken();
  std::shared_ptr<Piece> take_piece();
  void run_job(const std::shared_ptr<BodySource>& source, const std::shared_ptr<Piece>& piece, std::size_t room);
  void take_given();
  bool settle(BodySource::Result result, std::size_t room);
  void job_done(const std::shared_ptr<Piece>& piece, std::size_t room, BodySource::Result result);
  State judge(BodySource::Result result);
  void announce(Piece& piece, std::size_t bytes) const;

  std::shared_ptr<BodySource> source_;
  std::optional<std::uint64_t> left_;  // of a body of known length
  const bool chunked_;
  core::WorkerPool& pool_;
  std::shared_ptr<Mailbox> mailbox_;
  OnPiece on_piece_;
  core::Logger logger_;
  const std::string request_id_ = core::LogScope::request_id();  // of who made this
  State state_ = State::idle;
  bool woken_ = false;  // while a read was running
  bool stopped_ = false;
  bool listening_ = false;
  std::size_t space_bytes_;
  std::vector<std::shared_ptr<Piece>> pieces_;  // made so far; the ones nobody else holds are free
  std::atomic<bool> wake_posted_ = false;
};

}  // namespace kith::daemon
