// Photos as strangers make them: a first byte chooses kind and mode, the file follows. Whatever is planned keeps within
// bounds, reads the same from anywhere, and leaves nothing that a second plan would still take out.

#include <cstdlib>
#include <memory>

#include "assets/limits.hpp"
#include "assets/photo_strip.hpp"

namespace {

using namespace kith;

class BytesReader final : public storage::BlobReader {
 public:
  explicit BytesReader(core::Bytes bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  core::Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    if (offset >= bytes_.size()) return 0;
    const auto part = core::ByteView(bytes_).subspan(static_cast<std::size_t>(offset));
    const auto count = std::min(part.size(), out.size());
    std::copy_n(part.begin(), count, out.begin());
    return count;
  }
  int file_descriptor() const override { return -1; }

 private:
  const core::Bytes bytes_;
};

void require(bool holds) {
  if (!holds) std::abort();
}

std::optional<core::Bytes> strip(core::Bytes bytes, std::string_view media_type, assets::StripMode mode) {
  const auto original = std::make_shared<BytesReader>(std::move(bytes));
  auto plan = assets::plan_strip(*original, media_type, mode);
  if (!plan) {
    require(plan.error().code == core::ErrorCode::unsupported_media_type);
    return std::nullopt;
  }
  require(plan->pieces.size() <= assets::kMaxStripPieces && plan->size <= original->size() * 2 + 1024);
  const auto size = plan->size;
  const auto reader = assets::read_stripped(original, std::make_shared<const assets::StripPlan>(std::move(*plan)));
  require(reader->size() == size);
  core::Bytes out(static_cast<std::size_t>(size) + 1);
  const auto count = reader->read(0, out);
  require(count && *count == size);
  out.resize(*count);
  core::Bytes tail(out.size() / 2);
  const auto at = out.size() - tail.size();
  require(reader->read(at, tail) == tail.size() &&
          std::equal(tail.begin(), tail.end(), out.end() - static_cast<std::ptrdiff_t>(tail.size())));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kTypes[] = {"image/jpeg", "image/png", "image/webp", "image/heic",
                                         "image/tiff", "image/gif", "image/bmp"};
  if (size == 0) return 0;
  const auto type = kTypes[data[0] / 2 % std::size(kTypes)];
  const auto mode = data[0] % 2 == 0 ? assets::StripMode::location : assets::StripMode::all;
  const auto once = strip(core::Bytes(data + 1, data + size), type, mode);
  if (!once) return 0;
  require(strip(*once, type, mode) == once);
  return 0;
}
