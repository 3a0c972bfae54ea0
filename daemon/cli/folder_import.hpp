#pragma once
// The files of a folder on their way into somebody's catalogue. Belongs to one thread.

#include <iosfwd>
#include <optional>
#include <string>

#include "assets/assets.hpp"
#include "daemon/cli/folder_albums.hpp"
#include "daemon/cli/folder_walk.hpp"
#include "daemon/cli/progress.hpp"

namespace kith::daemon {

// How much there is; says nothing.
class FolderSize final : public FolderVisitor {
 public:
  core::Expected<void> file(const FoundFile& found) override;
  core::Expected<void> enter(const std::string&) override { return {}; }
  core::Expected<void> leave() override { return {}; }
  core::Expected<void> passed_over(const std::string&, const std::string&) override { return {}; }
  core::Expected<void> unreadable(const std::string&, const std::string&) override { return {}; }
  std::uint64_t bytes = 0;
};

class FolderImport final : public FolderVisitor {
 public:
  struct Parts {
    assets::Assets& assets;
    core::UserId owner;
    Progress& progress;
    std::ostream& out;  // what is not taken, a line each
    bool dry_run = false;
    bool with_albums = false;
    std::string top;  // what the folder itself is called
  };
  struct Counts {
    std::uint64_t taken = 0;
    std::uint64_t bytes = 0;   // of them
    std::uint64_t there = 0;   // already
    std::uint64_t passed = 0;  // hidden, links …
    std::uint64_t failed = 0;  // could not be read or taken
  };

  explicit FolderImport(Parts parts) : parts_(std::move(parts)), albums_(parts_.assets.albums(), parts_.owner) {}
  const Counts& counts() const { return counts_; }

  core::Expected<void> file(const FoundFile& found) override;
  core::Expected<void> enter(const std::string& path) override;
  core::Expected<void> leave() override;
  core::Expected<void> passed_over(const std::string& path, const std::string& why) override;
  core::Expected<void> unreadable(const std::string& path, const std::string& why) override;

 private:
  core::Expected<void> take(const FoundFile& found);
  core::Expected<assets::Asset> upload(int file, const FoundFile& found, std::uint64_t size);

  const Parts parts_;
  FolderAlbums albums_;
  Counts counts_;
};

}  // namespace kith::daemon
