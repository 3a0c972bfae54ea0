#pragma once
// Selections of a user's assets to be downloaded as one ZIP: made by one call, read by another (a browser's download is
// a plain GET). An archive is a snapshot of names and content at the time it was made; nothing is copied, and each
// content is opened when its turn comes. What was deleted by then and has left the store ends the download as failed.
//
// In memory only: a restart ends them, and asking again is cheap. Thread-safe; calls block on disk.

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "assets/asset.hpp"
#include "assets/limits.hpp"
#include "assets/zip_stream.hpp"
#include "core/clock.hpp"
#include "core/random.hpp"
#include "storage/blob_store.hpp"
#include "storage/database.hpp"

namespace kith::assets {

struct Archive {
  core::ArchiveId id;
  core::UserId owner;
  std::string name;            // of the ZIP, extension included
  std::uint64_t size = 0;      // of the ZIP, exact
  std::size_t count = 0;       // of the files in it
  core::Timestamp expires_at;  // until when a download may begin
};

class Archives {
 public:
  struct Limits {
    std::size_t files = kMaxFilesPerArchive;
    std::size_t archives_per_user = kMaxArchivesPerUser;
    std::size_t files_per_user = kMaxArchivedFilesPerUser;  // of all their archives
    std::size_t files_in_all = kMaxArchivedFiles;           // of all users' archives
  };
  // All are borrowed and outlive this.
  Archives(storage::Database& database, storage::BlobStore& blobs, const core::Clock& clock, core::Random& random)
      : Archives(database, blobs, clock, random, Limits()) {}
  Archives(storage::Database& database, storage::BlobStore& blobs, const core::Clock& clock, core::Random& random,
           const Limits& limits)
      : database_(database), blobs_(blobs), clock_(clock), random_(random), limits_(limits) {}

  // Of `owner`'s assets in this order, each once. `name` is a file name, with or without ".zip"; empty for one that
  // fits. not_found when one is not there, bad_request for the name or when there is none. A user's oldest archives
  // make way for the newest; busy when there are too many of all users.
  [[nodiscard]] core::Expected<Archive> make(const core::UserId& owner, std::span<const core::AssetId> assets,
                                             std::string_view name);

  struct Opened {
    Archive archive;
    std::unique_ptr<ZipStream> content;
  };
  // As often as one likes until it expires. The stream must end before the store does.
  [[nodiscard]] core::Expected<Opened> open(const core::UserId& owner, const core::ArchiveId& id);

 private:
  struct File {
    std::string name;
    std::uint64_t size = 0;
    core::Digest digest;
    core::Timestamp modified_at;
  };
  using Files = std::shared_ptr<const std::vector<File>>;
  struct Kept {
    Archive archive;
    Files files;
  };
  core::Expected<std::vector<Asset>> find(const core::UserId& owner, std::span<const core::AssetId> ids);
  std::vector<ZipEntry> entries_of(const core::UserId& owner, const Files& files) const;
  core::Expected<void> keep(Kept made);
  void drop_expired();
  void make_room_for(const core::UserId& owner, std::size_t files);

  storage::Database& database_;
  storage::BlobStore& blobs_;
  const core::Clock& clock_;
  core::Random& random_;
  const Limits limits_;
  std::mutex mutex_;       // guards kept_
  std::deque<Kept> kept_;  // the oldest first
};

}  // namespace kith::assets
