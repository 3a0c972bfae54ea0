#pragma once
// Albums called like the folders that are imported. Belongs to one thread.

#include <string>
#include <vector>

#include "assets/assets.hpp"

namespace kith::daemon {

// What a file or album made of `text` may be called: as it is, but for what no name may have ("_" in its place).
std::string fit_name(std::string_view text);

class FolderAlbums {
 public:
  FolderAlbums(assets::Albums& albums, core::UserId owner) : albums_(albums), owner_(std::move(owner)) {}

  // What comes from now on goes into the album `name`: the newest one that is called so, or a new one. An empty name is
  // for none.
  void begin(std::string name) { name_ = std::move(name); }
  [[nodiscard]] core::Expected<void> add(const core::AssetId& asset);
  // Writes what was gathered. Call it at the end of each folder.
  [[nodiscard]] core::Expected<void> end();

 private:
  core::Expected<core::AlbumId> find_or_make();

  assets::Albums& albums_;
  const core::UserId owner_;
  std::string name_;
  std::vector<core::AssetId> gathered_;
};

}  // namespace kith::daemon
