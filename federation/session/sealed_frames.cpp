#include "federation/session/sealed_frames.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/length_prefixed.hpp"
#include "federation/session/session_keys.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;

constexpr std::size_t kMaxHeaders = 64;

core::Bytes associated_of(const SessionId& session, std::uint64_t counter) {
  core::LengthPrefixed data;
  data.add("kith/1 sealed response").add(session.view()).add_u64(counter);
  return core::to_bytes(data.view());
}

core::Unexpected broken(std::string detail) {
  return core::fail(ErrorCode::peer_error, std::move(detail));
}

bool is_lower_case_name(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

std::string render_answer_head(const AnswerHead& head) {
  core::Json headers = core::Json::object();
  for (const auto& [name, value] : head.headers) headers[name] = value;
  return core::to_json_text({{"status", head.status}, {"headers", std::move(headers)}});
}

Expected<AnswerHead> parse_answer_head(std::string_view text) {
  KITH_TRY_ASSIGN(json, core::parse_json_object(text, {.max_bytes = kMaxFrameZero}));
  AnswerHead head;
  KITH_TRY_ASSIGN(status, core::required_integer(json, "status", 200, 599));
  head.status = static_cast<int>(status);
  const auto headers = json.find("headers");
  if (headers == json.end() || !headers->is_object() || headers->size() > kMaxHeaders) {
    return core::fail(ErrorCode::bad_request, "headers must be an object of at most 64 texts");
  }
  for (const auto& [name, value] : headers->items()) {
    if (!is_lower_case_name(name) || !value.is_string()) {
      return core::fail(ErrorCode::bad_request, "headers must be texts under lower-case names");
    }
    head.headers.emplace_back(name, value.get<std::string>());
  }
  return head;
}

SealedFrameWriter::SealedFrameWriter(core::Aead a2o, const SessionId& session, std::uint64_t counter)
    : a2o_(std::move(a2o)), associated_(associated_of(session, counter)), counter_(counter) {}

void SealedFrameWriter::seal(std::span<std::uint8_t> frame, bool last) {
  const auto length = static_cast<std::uint32_t>(frame.size() - kFrameHead);
  for (std::size_t i = 0; i < kFrameHead; ++i) frame[i] = static_cast<std::uint8_t>(length >> (24 - 8 * i));
  a2o_.seal(frame_nonce(counter_, next_++, last), associated_, frame.subspan(kFrameHead));
}

core::Bytes SealedFrameWriter::frame_of(core::ByteView plaintext, bool last) {
  core::Bytes frame(kFrameHead + plaintext.size() + core::kAeadTag);
  std::ranges::copy(plaintext, frame.begin() + kFrameHead);
  seal(frame, last);
  return frame;
}

SealedFrameReader::SealedFrameReader(core::Aead a2o, const SessionId& session, std::uint64_t counter, AnswerSink& sink)
    : a2o_(std::move(a2o)), associated_(associated_of(session, counter)), counter_(counter), sink_(sink) {}

Expected<void> SealedFrameReader::take(core::ByteView piece) {
  if (broken_) return broken("the sealed answer is broken");
  while (!piece.empty()) {
    if (!frame_.empty() && filled_ == frame_.size()) KITH_TRY(open_frame(false));
    std::size_t used = 0;
    if (length_filled_ < kFrameHead) {
      used = std::min(piece.size(), kFrameHead - length_filled_);
      std::copy_n(piece.begin(), used, length_.begin() + static_cast<std::ptrdiff_t>(length_filled_));
      length_filled_ += used;
      if (length_filled_ == kFrameHead) KITH_TRY(begin_frame());
    } else {
      used = std::min(piece.size(), frame_.size() - filled_);
      std::copy_n(piece.begin(), used, frame_.begin() + static_cast<std::ptrdiff_t>(filled_));
      filled_ += used;
    }
    piece = piece.subspan(used);
  }
  return {};
}

Expected<void> SealedFrameReader::finish() {
  if (broken_ || frame_.empty() || filled_ < frame_.size()) {
    broken_ = true;
    return broken("the sealed answer was cut");
  }
  KITH_TRY(open_frame(true));
  broken_ = true;  // nothing may follow
  return {};
}

// The length is known: finds the memory the frame goes to.
Expected<void> SealedFrameReader::begin_frame() {
  broken_ = true;
  std::size_t size = 0;
  for (const std::uint8_t byte : length_) size = size << 8 | byte;
  if (size > kMaxFrame || size <= core::kAeadTag) return broken("a frame of the sealed answer has a bad length");
  if (index_ == 0) {
    if (size > kMaxFrameZero + core::kAeadTag) return broken("the head of the sealed answer is too long");
    frame_zero_.resize(size);
    frame_ = frame_zero_;
  } else {
    if (index_ == kLastFrame) return broken("the sealed answer has too many frames");
    const auto space = sink_.borrow();
    if (space.size() < size) return broken("the transfer was ended here");
    frame_ = space.first(size);
  }
  filled_ = 0;
  broken_ = false;
  return {};
}

Expected<void> SealedFrameReader::open_frame(bool last) {
  broken_ = true;
  if (!a2o_.open(frame_nonce(counter_, index_, last), associated_, frame_)) {
    return broken("a frame of the sealed answer does not open");
  }
  const std::size_t plain = frame_.size() - core::kAeadTag;
  bool wanted = false;
  if (index_ == 0) {
    auto head = parse_answer_head(core::as_text(core::ByteView(frame_.first(plain))));
    if (!head) return broken("the head of the sealed answer makes no sense: " + head.error().detail);
    wanted = sink_.head(*head);
  } else {
    wanted = sink_.deliver(plain);
  }
  if (!wanted) return broken("the transfer was ended here");
  ++index_;
  frame_ = {};
  length_filled_ = 0;
  broken_ = false;
  return {};
}

}  // namespace kith::federation
