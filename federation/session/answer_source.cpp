#include "federation/session/answer_source.hpp"

#include <algorithm>

#include "core/crypto/aead.hpp"
#include "federation/session/session_limits.hpp"

namespace kith::federation {
namespace {

constexpr std::size_t kFrameOverhead = kFrameHead + core::kAeadTag;
constexpr std::uint64_t kAskEvery = 64ull << 20;

constexpr ByteSource::Result kFailed{ByteSource::Status::failed, 0};
constexpr ByteSource::Result kEnd{ByteSource::Status::end, 0};
ByteSource::Result data(std::size_t filled) {
  return {ByteSource::Status::data, filled};
}

}  // namespace

GuardedContent::GuardedContent(ContentSlice slice, std::shared_ptr<const std::atomic<bool>> cut,
                               std::function<bool()> still_allowed)
    : slice_(std::move(slice)), cut_(std::move(cut)), still_allowed_(std::move(still_allowed)) {}

bool GuardedContent::read(std::span<std::uint8_t> space) {
  failed_ = failed_ || !fill(space);
  return !failed_;
}

bool GuardedContent::fill(std::span<std::uint8_t> space) {
  since_asked_ += space.size();
  if (since_asked_ >= kAskEvery || space.size() == slice_.length) {
    since_asked_ = 0;
    if (!still_allowed_()) return false;
  }
  if (cut_->load(std::memory_order_relaxed)) return false;
  std::size_t filled = 0;
  while (filled < space.size()) {
    const auto got = slice_.content->read(slice_.offset, space.subspan(filled));
    if (!got || *got == 0) return false;  // the disk failed, or the file is shorter than it was
    filled += *got;
    slice_.offset += *got;
    slice_.length -= *got;
  }
  return true;
}

SealedAnswerSource::SealedAnswerSource(SealedFrameWriter writer, const AnswerHead& head, GuardedContent content)
    : writer_(std::move(writer)), content_(std::move(content)) {
  const std::string text = render_answer_head(head);
  pending_ = writer_.frame_of(core::as_bytes(text), false);
}

std::uint64_t SealedAnswerSource::length() const {
  const std::uint64_t frames = (content_.left() + kFrameContent - 1) / kFrameContent;
  return pending_.size() + content_.left() + frames * kFrameOverhead;
}

ByteSource::Result SealedAnswerSource::read(std::span<std::uint8_t> space) {
  std::size_t filled = 0;
  while (filled < space.size()) {
    if (pending_from_ < pending_.size()) {
      const std::size_t size = std::min(pending_.size() - pending_from_, space.size() - filled);
      std::copy_n(pending_.begin() + static_cast<std::ptrdiff_t>(pending_from_), size,
                  space.begin() + static_cast<std::ptrdiff_t>(filled));
      pending_from_ += size;
      filled += size;
      continue;
    }
    if (content_.left() == 0) break;
    const std::size_t frame = std::min<std::uint64_t>(kFrameContent, content_.left()) + kFrameOverhead;
    if (frame <= space.size() - filled) {
      if (!make_frame(space.subspan(filled, frame))) return kFailed;
      filled += frame;
    } else {
      if (filled > 0) break;
      pending_.resize(frame);
      pending_from_ = 0;
      if (!make_frame(pending_)) return kFailed;
    }
  }
  return filled == 0 ? kEnd : data(filled);
}

bool SealedAnswerSource::make_frame(std::span<std::uint8_t> frame) {
  if (!content_.read(frame.subspan(kFrameHead, frame.size() - kFrameOverhead))) {
    // What was read stands there unsealed: it must not go out, now or with a later read.
    std::ranges::fill(frame, std::uint8_t{0});
    pending_.clear();
    pending_from_ = 0;
    return false;
  }
  writer_.seal(frame, content_.left() == 0);
  return true;
}

ByteSource::Result DirectAnswerSource::read(std::span<std::uint8_t> space) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(space.size(), content_.left()));
  if (size == 0) return kEnd;
  return content_.read(space.first(size)) ? data(size) : kFailed;
}

}  // namespace kith::federation
