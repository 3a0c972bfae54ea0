#include "assets/album_page.hpp"

#include <charconv>

#include "assets/limits.hpp"
#include "core/encoding.hpp"

namespace kith::assets {

namespace {

constexpr char kLetter = 'o';  // other than those of CursorList
constexpr std::size_t kUlid = 26;

}  // namespace

std::string make_album_cursor(const AlbumPlace& last) {
  return core::to_base64url(core::as_bytes(kLetter + last.asset.text() + std::to_string(last.position)));
}

core::Expected<AlbumPlace> parse_album_cursor(std::string_view cursor) {
  const auto refused =
      core::fail(core::ErrorCode::bad_request,
                 "the cursor does not belong to this list: take `next` of the page before, or leave it out");
  if (cursor.size() > kMaxCursorBytes) return refused;
  const auto bytes = core::from_base64url(cursor);
  if (!bytes || bytes->size() <= 1 + kUlid || bytes->front() != static_cast<std::uint8_t>(kLetter)) return refused;
  const auto plain = core::as_text(*bytes).substr(1);
  const auto asset = core::AssetId::parse(plain.substr(0, kUlid));
  const auto digits = plain.substr(kUlid);
  AlbumPlace place;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), place.position);
  if (!asset || error != std::errc() || end != digits.data() + digits.size()) return refused;
  place.asset = *asset;
  return place;
}

}  // namespace kith::assets
