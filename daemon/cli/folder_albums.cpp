#include "daemon/cli/folder_albums.hpp"

#include "assets/file_name.hpp"
#include "core/encoding.hpp"

namespace kith::daemon {

using core::Expected;

namespace {

// Not in the middle of a character.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace

std::string fit_name(std::string_view text) {
  std::string name(text);
  if (!core::is_valid_utf8(name)) {
    for (char& c : name) c = static_cast<unsigned char>(c) < 0x80 ? c : '_';
  }
  std::string fit;
  for (std::string_view rest = name; !rest.empty();) {
    const auto before = rest;
    (void)core::take_code_point(rest);
    const auto character = before.substr(0, before.size() - rest.size());
    const bool bad = assets::has_control_character(character) || character == "/" || character == "\\";
    fit += bad ? std::string_view("_") : character;
  }
  fit = cut(fit, assets::kMaxFileNameBytes);
  return fit.empty() ? "_" : fit;
}

Expected<void> FolderAlbums::add(const core::AssetId& asset) {
  if (name_.empty()) return {};
  gathered_.push_back(asset);
  return gathered_.size() == assets::kMaxAssetsPerAlbumCall ? end() : Expected<void>();
}

Expected<void> FolderAlbums::end() {
  if (gathered_.empty()) return {};
  const auto assets = std::exchange(gathered_, {});
  KITH_TRY_ASSIGN(album, find_or_make());
  KITH_TRY(albums_.add(owner_, album, assets));
  return {};
}

Expected<core::AlbumId> FolderAlbums::find_or_make() {
  assets::PageRequest request;
  request.limit = assets::kMaxPageSize;
  for (bool more = true; more;) {
    KITH_TRY_ASSIGN(page, albums_.list(owner_, request));
    for (const auto& album : page.items) {
      if (album.name == name_) return album.id;
    }
    more = page.next.has_value();
    request.cursor = page.next.value_or("");
  }
  KITH_TRY_ASSIGN(made, albums_.create(owner_, name_));
  return made.id;
}

}  // namespace kith::daemon
