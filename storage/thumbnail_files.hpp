#pragma once
// Small pictures of photos, kept as files: <root>/<owner's ulid>/<64 hexadecimal digits of the photo's
// digest>-<edge>.webp. They can be made again at any time, so nothing is lost with one. A picture is there whole or not
// at all.
//
// Names come from ids and digests only, relative to open folders, and links are not followed. Thread-safe, as long as
// one photo's pictures are written by one thread at a time.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "storage/blob_store.hpp"
#include "storage/disk.hpp"
#include "storage/posix_file.hpp"

namespace kith::storage {

// Of the longer side, in pixels: the sizes there are.
inline constexpr int kThumbnailEdges[] = {256, 1024};
inline constexpr std::size_t kMaxThumbnailBytes = 1u << 20;

class ThumbnailFiles {
 public:
  // Makes the folder if it is not there. `disk` must outlive this. Without `synchronous` nothing is synced: for tests.
  [[nodiscard]] static Expected<std::unique_ptr<ThumbnailFiles>> open(const std::filesystem::path& root,
                                                                      bool synchronous, Disk& disk);
  // `edge` is one of kThumbnailEdges. In the place of one that is there; storage_full, storage_failed.
  [[nodiscard]] Expected<void> put(const BlobKey& photo, int edge, std::string_view picture);
  // Nothing where there is none, or none that is whole.
  [[nodiscard]] Expected<std::optional<std::string>> read(const BlobKey& photo, int edge) const;
  // All sizes; removing what is not there is fine.
  [[nodiscard]] Expected<void> remove(const BlobKey& photo);

 private:
  ThumbnailFiles(Descriptor root, bool synchronous, Disk& disk);
  [[nodiscard]] Expected<void> write_new(int folder, const std::string& name, std::string_view picture);

  const Descriptor root_;
  const bool synchronous_;
  Disk& disk_;
};

}  // namespace kith::storage
