// WebP (RFC 9649): a RIFF file of chunks. Known picture chunks stay, Exif is written anew, XMP and unknown ones go. The
// sizes and flags that the header states follow from that.

#include <algorithm>
#include <string>
#include <vector>

#include "assets/limits.hpp"
#include "assets/photo_strip_exif.hpp"
#include "assets/photo_strip_plan.hpp"

namespace kith::assets {
namespace {

using core::Expected;
using namespace std::string_view_literals;

constexpr std::uint64_t kChunkHead = 8, kFileHead = 12;
constexpr std::uint64_t kFrameHead = 16;  // of ANMF, RFC 9649, section 2.7.1.1
constexpr std::uint8_t kHasExif = 0x08, kHasXmp = 0x04;
constexpr std::size_t kMaxChunks = 1u << 20;

struct Chunk {
  std::string type;
  std::uint64_t offset = 0;  // of its head
  std::uint64_t size = 0;    // of its content
  // With its head, and the byte that makes it even.
  std::uint64_t whole() const { return kChunkHead + size + size % 2; }
};

// The chunks between two places, which have to fill them. The byte behind the very last may be missing.
Expected<std::vector<Chunk>> chunks_of(PhotoBytes& photo, std::uint64_t at, std::uint64_t end) {
  std::vector<Chunk> chunks;
  while (at < end) {
    if (end - at < kChunkHead || chunks.size() == kMaxChunks) return not_understood("the file is damaged");
    KITH_TRY_ASSIGN(head, photo.view(at, kChunkHead));
    Chunk chunk{std::string(core::as_text(head.first(4))), at, little32(head.subspan(4))};
    if (chunk.size > end - at - kChunkHead) return not_understood("the file is cut off or damaged");
    at += chunk.whole();
    chunks.push_back(std::move(chunk));
  }
  return chunks;
}

bool is_image(const Chunk& chunk) {
  return chunk.type == "VP8 " || chunk.type == "VP8L" || chunk.type == "ALPH";
}

// A frame of an animation holds chunks of its own.
Expected<void> check_frame(PhotoBytes& photo, const Chunk& frame) {
  if (frame.size < kFrameHead) return not_understood("the file is damaged");
  const auto begin = frame.offset + kChunkHead;
  KITH_TRY_ASSIGN(chunks, chunks_of(photo, begin + kFrameHead, begin + frame.size));
  if (!std::all_of(chunks.begin(), chunks.end(), is_image))
    return not_understood("a frame of it has parts of an unknown kind");
  return {};
}

void append_little32(core::Bytes& out, std::uint64_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void append_chunk(PlanBuilder& body, std::string_view type, core::ByteView content) {
  core::Bytes out = core::to_bytes(core::as_bytes(type));
  append_little32(out, content.size());
  out.insert(out.end(), content.begin(), content.end());
  if (content.size() % 2 != 0) out.push_back(0);
  body.put(out);
}

class WebpPlanner {
 public:
  WebpPlanner(PhotoBytes& photo, StripMode mode) : photo_(photo), mode_(mode) {}

  Expected<StripPlan> plan() {
    KITH_TRY_ASSIGN(head, photo_.view(0, kFileHead));
    if (core::as_text(head.first(4)) != "RIFF" || core::as_text(head.subspan(8, 4)) != "WEBP")
      return not_understood("it is no WebP file");
    const auto end = std::uint64_t{little32(head.subspan(4))} + kChunkHead;
    if (end > photo_.size() || end < kFileHead) return not_understood("the file is cut off or damaged");
    KITH_TRY_ASSIGN(chunks, chunks_of(photo_, kFileHead, end));
    is_extended_ = !chunks.empty() && chunks[0].type == "VP8X";
    KITH_TRY(read_exif(chunks));
    // The header counts what stays, so that comes first.
    PlanBuilder body;
    for (const auto& chunk : chunks) KITH_TRY(add(chunk, body));
    core::Bytes file_head = core::to_bytes(core::as_bytes("RIFF"));
    append_little32(file_head, body.size() + 4);
    const auto form = core::as_bytes("WEBP");
    file_head.insert(file_head.end(), form.begin(), form.end());
    PlanBuilder whole;
    whole.put(file_head);
    KITH_TRY_ASSIGN(parts, std::move(body).finish(0));
    whole.append(parts);
    return std::move(whole).finish(photo_.size());
  }

 private:
  // Only extended files can have it; readers look at the first one.
  Expected<void> read_exif(const std::vector<Chunk>& chunks) {
    const auto found = std::find_if(chunks.begin(), chunks.end(), [](const Chunk& c) { return c.type == "EXIF"; });
    if (!is_extended_ || found == chunks.end() || found->size > kMaxMetadataBlock) return {};
    exif_at_ = found->offset;
    KITH_TRY_ASSIGN(block, photo_.copy(found->offset + kChunkHead, found->size));
    exif_ = remaining_exif(without_exif_label(block), mode_);
    return {};
  }

  Expected<void> add(const Chunk& chunk, PlanBuilder& body) {
    if (chunk.type == "VP8X") return add_header(chunk, body);
    if (chunk.type == "EXIF") {
      if (chunk.offset == exif_at_ && !exif_.empty()) append_chunk(body, chunk.type, exif_);
      return {};
    }
    if (chunk.type == "ANMF") KITH_TRY(check_frame(photo_, chunk));
    if (!is_image(chunk) && chunk.type != "ANMF" && chunk.type != "ANIM" && chunk.type != "ICCP") return {};
    body.keep(chunk.offset, kChunkHead + chunk.size);
    if (chunk.size % 2 != 0) body.put(core::as_bytes("\0"sv));
    return {};
  }

  // The flags say which chunks there are.
  Expected<void> add_header(const Chunk& chunk, PlanBuilder& body) {
    if (chunk.offset != kFileHead || chunk.size < 10) return not_understood("the file is damaged");
    KITH_TRY_ASSIGN(content, photo_.copy(chunk.offset + kChunkHead, 10));
    content[0] = static_cast<std::uint8_t>(content[0] & ~(kHasExif | kHasXmp));
    if (!exif_.empty()) content[0] |= kHasExif;
    append_chunk(body, chunk.type, content);
    return {};
  }

  PhotoBytes& photo_;
  const StripMode mode_;
  bool is_extended_ = false;
  std::uint64_t exif_at_ = 0;
  core::Bytes exif_;  // what stays of it
};

}  // namespace

Expected<StripPlan> plan_strip_webp(PhotoBytes& photo, StripMode mode) {
  return WebpPlanner(photo, mode).plan();
}

}  // namespace kith::assets
