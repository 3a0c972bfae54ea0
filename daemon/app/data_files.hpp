#pragma once
// Where things lie in the data folder.

#include <filesystem>
#include <memory>

#include "core/error.hpp"

namespace kith::daemon {

class DataFiles {
 public:
  explicit DataFiles(std::filesystem::path directory) : directory_(std::move(directory)) {}
  const std::filesystem::path& directory() const { return directory_; }
  std::filesystem::path database() const { return directory_ / "kith.db"; }
  std::filesystem::path blobs() const { return directory_ / "blobs"; }
  std::filesystem::path thumbnails() const { return directory_ / "thumbnails"; }
  std::filesystem::path outbox() const { return directory_ / "outbox"; }  // mails, without a mail server

  // The database while a restore has not brought everything: the last thing it does is to give it its name.
  std::filesystem::path unfinished_database() const { return directory_ / "restoring.db"; }

  // Makes the folder (0700) if it is not there; fails when it can't be used.
  [[nodiscard]] core::Expected<void> make() const;
  // The same, and fails where a restore broke off.
  [[nodiscard]] core::Expected<void> prepare() const;
  // Whether an earlier start left one.
  bool has_database() const;
  // Holds the folder for one daemon as long as the result lives; conflict when another runs on it.
  [[nodiscard]] core::Expected<std::shared_ptr<void>> lock() const;

 private:
  std::filesystem::path directory_;
};

}  // namespace kith::daemon
