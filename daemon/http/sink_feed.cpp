#include "daemon/http/sink_feed.hpp"

#include <exception>

#include "daemon/http/limits.hpp"

namespace kith::daemon {

SinkFeed::SinkFeed(std::shared_ptr<BodySink> sink, core::WorkerPool& pool, std::shared_ptr<Mailbox> mailbox,
                   std::function<void()> on_change, core::Logger logger)
    : sink_(std::move(sink)),
      pool_(pool),
      mailbox_(std::move(mailbox)),
      on_change_(std::move(on_change)),
      logger_(std::move(logger)) {}

std::span<std::uint8_t> SinkFeed::space() {
  if (ended_ || outcome_) return {};
  if (!filling_) filling_ = std::make_unique_for_overwrite<std::uint8_t[]>(kPieceBytes);
  return {filling_.get() + filled_, kPieceBytes - filled_};
}

void SinkFeed::hand_over() {
  if (busy_ || outcome_ || dropped_ || (filled_ == 0 && !ended_)) return;
  std::swap(filling_, writing_);
  const auto bytes = std::exchange(filled_, 0);
  busy_ = true;
  const bool taken = pool_.post([self = shared_from_this(), sink = sink_, bytes, last = ended_]() mutable {
    self->run_job(std::move(sink), bytes, last);
  });
  if (taken) return;
  // Not at once: the outcome may end the exchange, and with it this object.
  mailbox_->post([self = shared_from_this()] {
    self->job_done(core::Expected<Response>(core::fail(core::ErrorCode::busy, "The server is stopping.")));
  });
}

void SinkFeed::run_job(std::shared_ptr<BodySink> sink, std::size_t bytes, bool last) {
  const core::LogScope scope(request_id_);
  std::optional<core::Expected<Response>> outcome;
  if (!dropped_) {
    try {
      if (bytes > 0) {
        if (auto written = sink->write({writing_.get(), bytes}); !written) {
          if (const auto own = sink->early_answer()) {
            outcome.emplace(std::move(*own));
          } else {
            outcome.emplace(tl::unexpect, written.error());
          }
        }
      }
      if (last && !outcome) outcome.emplace(sink->finish());
    } catch (const std::exception& error) {
      logger_.error("a body sink threw", {{"what", error.what()}});
      outcome.emplace(tl::unexpect, core::Error{core::ErrorCode::internal, "the body sink threw", {}, {}});
    }
  }
  sink.reset();
  auto result = std::make_shared<decltype(outcome)>(std::move(outcome));
  mailbox_->post([self = shared_from_this(), result] { self->job_done(std::move(*result)); });
}

void SinkFeed::job_done(std::optional<core::Expected<Response>> outcome) {
  busy_ = false;
  if (dropped_) return;
  outcome_ = std::move(outcome);
  if (!outcome_) hand_over();
  on_change_();
}

void SinkFeed::drop() {
  if (dropped_.exchange(true)) return;
  on_change_ = [] {};
  // Whoever lets go last destroys it: this job or the one running.
  (void)pool_.post([sink = std::move(sink_)]() mutable { sink.reset(); });
}

}  // namespace kith::daemon
