#include "federation/session/remote_transfer.hpp"

#include <algorithm>

#include "federation/session/content_range.hpp"
#include "federation/session/session_problem.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;

// What may be over in a moment: a broken link, a peer that restarts. Anything else the peer meant.
bool may_pass(const core::Error& error) {
  switch (error.code) {
    case ErrorCode::peer_unreachable:
    case ErrorCode::peer_error:
    case ErrorCode::busy:
    case ErrorCode::too_many_requests:
    case ErrorCode::internal:
      return true;
    default:
      return false;
  }
}

}  // namespace

TransferSource::TransferSource(std::shared_ptr<PieceRing> ring, const TransferPlan& plan)
    : ring_(std::move(ring)), digest_(plan.asset.digest), left_(plan.length) {
  if (plan.is_whole()) hash_.emplace();
}

ByteSource::Result TransferSource::read(std::span<std::uint8_t> space) {
  if (failed_) return {Status::failed, 0};
  if (left_ == 0) return {Status::end, 0};
  std::size_t filled = 0;
  while (filled < space.size() && left_ > 0) {
    const auto piece = ring_->front();
    if (piece.empty()) break;
    const std::size_t size = std::min(piece.size(), space.size() - filled);
    const auto target = space.subspan(filled, size);
    std::copy_n(piece.begin(), size, target.begin());
    ring_->consume(size);
    if (hash_) hash_->update(target);
    filled += size;
    left_ -= size;
  }
  if (left_ == 0 && hash_ && hash_->finish() != digest_) {
    ring_->abandon();
    failed_ = true;
    return {Status::failed, 0};
  }
  if (filled > 0) return {Status::data, filled};
  return {ring_->state() == PieceRing::State::open ? Status::pending : Status::failed, 0};
}

// Takes the answer to one range into the ring, if it is the one asked for.
class TransferFetch::RangeSink final : public AnswerSink {
 public:
  RangeSink(TransferFetch& fetch, std::uint64_t length) : fetch_(fetch), left_(length) {}

  bool head(const AnswerHead& head) override {
    answer_.head = head;
    if (head.status != 206) return true;
    const SharedAsset& asset = fetch_.plan_.asset;
    const bool right =
        find_header(head.headers, "content-range") == content_range_field(fetch_.next_, left_, asset.size) &&
        find_header(head.headers, "etag") == asset.etag;
    if (!right) error_ = core::Error{ErrorCode::precondition_failed, "the peer sent another part or content", {}, {}};
    return right;
  }
  std::span<std::uint8_t> borrow() override {
    if (answer_.head.status == 206) return fetch_.ring_->borrow();
    refusal_.resize(kMaxFrame);
    return refusal_;
  }
  bool deliver(std::size_t size) override {
    if (answer_.head.status != 206) {
      answer_.body = core::as_text(core::ByteView(refusal_).first(size));
      return true;
    }
    if (size > left_) {
      error_ = core::Error{ErrorCode::precondition_failed, "the peer sent more than was asked for", {}, {}};
      return false;
    }
    left_ -= size;
    fetch_.next_ += size;
    fetch_.ring_->publish(size);
    return true;
  }

  bool wanted() const override { return !fetch_.ring_->abandoned(); }

  // After the transfer ended as `result` says.
  Expected<void> outcome(const Expected<void>& result) const {
    if (error_) return tl::make_unexpected(*error_);
    if (!result) return result;
    if (answer_.head.status != 206) return tl::make_unexpected(error_from_inner_answer(fetch_.plan_.peer, answer_));
    if (left_ > 0) return core::fail(ErrorCode::peer_error, "the peer sent less than was asked for");
    return {};
  }

 private:
  TransferFetch& fetch_;
  std::uint64_t left_;
  InnerAnswer answer_;
  core::Bytes refusal_;
  std::optional<core::Error> error_;
};

void TransferFetch::run() {
  next_ = plan_.offset;
  const auto fetched = fetch_all();
  if (!fetched && !ring_->abandoned()) {
    log_.warning("a transfer from a peer was cut", {{"peer", plan_.peer},
                                                    {"asset", plan_.asset.id.text()},
                                                    {"code", core::error_info(fetched.error().code).name},
                                                    {"detail", fetched.error().detail}});
  }
  ring_->finish(fetched.has_value());
}

Expected<void> TransferFetch::fetch_all() {
  const std::uint64_t end = plan_.offset + plan_.length;
  int failures = 0;
  auto pause = limits_.first_pause;
  while (next_ < end) {
    const std::uint64_t before = next_;
    const auto fetched = fetch_range(next_, std::min(limits_.bytes_a_request, end - next_), failures > 0);
    if (next_ > before) {
      failures = 0;
      pause = limits_.first_pause;
    }
    if (fetched) continue;
    if (!may_pass(fetched.error()) || ++failures > limits_.retries_without_progress) return fetched;
    if (!ring_->pause(pause)) return fetched;
    pause *= 2;
  }
  return {};
}

// The connection is looked up each time: one that ended meanwhile is not asked again.
Expected<void> TransferFetch::fetch_range(std::uint64_t offset, std::uint64_t length, bool again) {
  KITH_TRY_ASSIGN(connection, sessions_.connection_of(plan_.viewer, plan_.peer));
  InnerRequest request;
  request.target = std::string(kPrivateRoot) + "assets/" + plan_.asset.id.text() + "/content";
  request.headers = {{"range", "bytes=" + std::to_string(offset) + "-" + std::to_string(offset + length - 1)},
                     {"if-range", plan_.asset.etag}};
  RangeSink sink(*this, length);
  const auto streamed = sessions_.stream(connection, request, sink, again ? Urgency::background : Urgency::user);
  return sink.outcome(streamed);
}

}  // namespace kith::federation
