// The frame decoder against a stream that was cut, repeated, reordered, changed and delivered in pieces: only a prefix
// of the true content ever comes out, and it counts as whole only when nothing was done to it.
//
// Input: pairs of bytes. The first picks what happens, the second where or how much.
#include <algorithm>
#include <cstdlib>

#include "federation/session/sealed_frames.hpp"

using namespace kith;
using namespace kith::federation;

namespace {

class Prefix final : public AnswerSink {
 public:
  bool head(const AnswerHead& head) override { return head.status == 200; }
  std::span<std::uint8_t> borrow() override { return space_; }
  bool deliver(std::size_t size) override {
    content.append(core::as_text(core::ByteView(space_).first(size)));
    return true;
  }
  std::string content;

 private:
  core::Bytes space_ = core::Bytes(kMaxFrame);
};

core::Aead aead() {
  return {core::AeadCipher::chacha20poly1305, core::AeadKey()};
}

std::vector<core::Bytes> true_frames(std::string& content) {
  SealedFrameWriter writer(aead(), {}, 3);
  std::vector<core::Bytes> frames = {writer.frame_of(core::as_bytes(render_answer_head({200, {}})), false)};
  for (int i = 0; i < 5; ++i) {
    const std::string piece(static_cast<std::size_t>(1 + 7 * i), static_cast<char>('a' + i));
    frames.push_back(writer.frame_of(core::as_bytes(piece), i == 4));
    content += piece;
  }
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string content;
  auto frames = true_frames(content);
  core::Bytes whole;
  for (const auto& frame : frames) whole.insert(whole.end(), frame.begin(), frame.end());
  core::Bytes body = whole;
  std::size_t step = 64;
  for (std::size_t i = 0; i + 1 < size; i += 2) {
    const std::size_t at = data[i + 1];
    switch (data[i] % 6) {
      case 0:
        step = at + 1;
        break;
      case 1:
        if (!body.empty()) body[at % body.size()] ^= static_cast<std::uint8_t>(1 + data[i] / 6);
        break;
      case 2:
        body.resize(std::min(body.size(), at));
        break;
      case 3:
        body.push_back(data[i + 1]);
        break;
      case 4: {
        const auto& frame = frames[at % frames.size()];
        body.insert(body.end(), frame.begin(), frame.end());
        break;
      }
      default:
        std::swap(frames[at % frames.size()], frames[data[i] / 6 % frames.size()]);
        body.clear();
        for (const auto& frame : frames) body.insert(body.end(), frame.begin(), frame.end());
    }
    if (body.size() > 64 * 1024) return 0;
  }
  Prefix out;
  SealedFrameReader reader(aead(), {}, 3, out);
  bool taken = true;
  for (std::size_t from = 0; taken && from < body.size(); from += step) {
    taken = reader.take(core::ByteView(body).subspan(from, std::min(step, body.size() - from))).has_value();
  }
  const bool complete = taken && reader.finish().has_value();
  if (!content.starts_with(out.content)) std::abort();
  if (complete != (body == whole)) std::abort();
  return 0;
}
