#pragma once
// Content on its way to a peer: read, and for sealed answers encrypted, in the very memory it is sent from. One thread
// at a time.
//
// Before each piece the connection's cut mark is looked at; now and then, and before the last piece, `still_allowed` is
// asked, so that what was withdrawn meanwhile is cut before it is whole.

#include <atomic>
#include <functional>
#include <memory>

#include "federation/byte_source.hpp"
#include "federation/session/private_routes.hpp"
#include "federation/session/sealed_frames.hpp"

namespace kith::federation {

// Reads a slice piece by piece under the rules above.
class GuardedContent {
 public:
  GuardedContent(ContentSlice slice, std::shared_ptr<const std::atomic<bool>> cut, std::function<bool()> still_allowed);
  std::uint64_t left() const { return slice_.length; }
  // Fills all of `space` (at most left()); false when the transfer is to be cut, and ever after.
  [[nodiscard]] bool read(std::span<std::uint8_t> space);

 private:
  bool fill(std::span<std::uint8_t> space);

  ContentSlice slice_;  // what is still to come
  std::shared_ptr<const std::atomic<bool>> cut_;
  std::function<bool()> still_allowed_;
  std::uint64_t since_asked_ = 0;
  bool failed_ = false;
};

// Frame 0, then the content in frames of kFrameContent bytes. Once a frame could not be made, every read fails.
class SealedAnswerSource final : public ByteSource {
 public:
  SealedAnswerSource(SealedFrameWriter writer, const AnswerHead& head, GuardedContent content);
  // Of the whole body; before the first read.
  std::uint64_t length() const;
  Result read(std::span<std::uint8_t> space) override;

 private:
  bool make_frame(std::span<std::uint8_t> frame);

  SealedFrameWriter writer_;
  GuardedContent content_;
  core::Bytes pending_;  // a frame that did not fit, and frame 0
  std::size_t pending_from_ = 0;
};

// The content as it is, over TLS.
class DirectAnswerSource final : public ByteSource {
 public:
  explicit DirectAnswerSource(GuardedContent content) : content_(std::move(content)) {}
  Result read(std::span<std::uint8_t> space) override;

 private:
  GuardedContent content_;
};

}  // namespace kith::federation
