#include "federation/session/answer_receiver.hpp"

#include <algorithm>

#include "core/encoding.hpp"

namespace kith::federation {
namespace {

constexpr std::size_t kMaxStray = 16 * 1024;

core::Error ended_here() {
  return {core::ErrorCode::peer_error, "the transfer was ended here", {}, {}};
}

}  // namespace

bool AnswerReceiver::fail_with(core::Error error) {
  error_ = std::move(error);
  return false;
}

bool AnswerReceiver::body(core::ByteView piece) {
  received_ += piece.size();
  pace_.came(piece.size());
  if (pace_.is_too_slow()) return false;
  const bool more = stray_ ? collect(piece) : take(piece);
  pace_.used();
  return more;
}

bool AnswerReceiver::collect(core::ByteView piece) {
  const std::size_t room = kMaxStray - std::min(kMaxStray, stray_->body.size());
  stray_->body += core::as_text(piece.first(std::min(room, piece.size())));
  return room > 0;
}

bool SealedAnswerReceiver::head(const PeerResponse& response) {
  const auto type = find_header(response.headers, "content-type");
  if (response.status != 200 || type != "application/vnd.kith.sealed") stray_ = response;
  return true;
}

bool SealedAnswerReceiver::take(core::ByteView piece) {
  auto taken = reader_.take(piece);
  return taken ? true : fail_with(std::move(taken.error()));
}

Expected<void> SealedAnswerReceiver::finish() {
  if (stray_) return core::fail(core::ErrorCode::peer_error, "not an answer of the session");
  return reader_.finish();
}

bool DirectAnswerReceiver::head(const PeerResponse& response) {
  const auto text = find_header(response.headers, "kith-mac");
  const auto given = text ? core::from_base64url_as<core::Mac>(*text) : std::nullopt;
  if (!given || !core::mac_equal(*given, right_mac_(response.status, response.headers))) {
    stray_ = response;
    return true;
  }
  AnswerHead head{response.status, {}};
  for (const auto& [name, value] : response.headers) head.headers.emplace_back(core::to_lower_ascii(name), value);
  started_ = true;
  return sink_.head(head) ? true : fail_with(ended_here());
}

bool DirectAnswerReceiver::take(core::ByteView piece) {
  while (!piece.empty()) {
    if (space_.empty()) space_ = sink_.borrow();
    if (space_.empty()) return fail_with(ended_here());
    const std::size_t size = std::min(piece.size(), space_.size() - filled_);
    std::copy_n(piece.begin(), size, space_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += size;
    piece = piece.subspan(size);
    if (filled_ == space_.size() && !deliver()) return false;
  }
  return true;
}

Expected<void> DirectAnswerReceiver::finish() {
  if (stray_ || !started_) return core::fail(core::ErrorCode::peer_error, "not an answer of the session");
  if (filled_ > 0 && !deliver()) return tl::make_unexpected(*error_);
  return {};
}

bool DirectAnswerReceiver::deliver() {
  const std::size_t size = filled_;
  space_ = {};
  filled_ = 0;
  return sink_.deliver(size) ? true : fail_with(ended_here());
}

}  // namespace kith::federation
