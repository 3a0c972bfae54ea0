#pragma once
// SHA-256 and block sums of a file that grows: follows behind its writer on a shared pool, reading what is durable back
// (from the page cache, mostly). Its state outlives the writers of a partial content; after a restart the beginning is
// read once more.
//
// Thread-safe. Made by make_shared: the job on the pool keeps it alive.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "core/crypto/sha256.hpp"
#include "core/worker_pool.hpp"
#include "storage/block_sums.hpp"
#include "storage/posix_file.hpp"

namespace kith::storage {

class FollowingHash : public std::enable_shared_from_this<FollowingHash> {
 public:
  // `sums_folder` (borrowed) and `sums_name`: where the unfinished file of sums may lie.
  FollowingHash(core::WorkerPool& pool, int sums_folder, std::string sums_name)
      : pool_(pool), sums_(sums_folder, std::move(sums_name)) {}

  // The first `end` bytes of `file` stay as they are from now on: hashes them, in the background.
  void follow(std::shared_ptr<const Descriptor> file, std::uint64_t end);
  // How far it has been told to go.
  std::uint64_t end() const;
  // Reading failed: start with a new one.
  bool is_broken() const;
  // Waits for what it was told, and does the rest here where the pool could not. Fails as reading does.
  [[nodiscard]] core::Expected<void> catch_up();
  // The digest of everything, after catch_up(); the same again when asked again.
  core::Digest digest();
  // After digest(), for the one who puts them in their place.
  BlockSumsWriter& sums() { return sums_; }

 private:
  void step();
  [[nodiscard]] core::Expected<void> hash_some(std::uint64_t most);
  bool is_behind() const { return done_ < end_ && !broken_; }

  core::WorkerPool& pool_;
  mutable std::mutex mutex_;  // guards end_, file_, running_, broken_; the others belong to whoever set running_
  std::condition_variable changed_;
  std::shared_ptr<const Descriptor> file_;
  std::uint64_t end_ = 0;
  bool running_ = false;
  std::optional<core::Error> broken_;
  std::uint64_t done_ = 0;  // hashed
  core::Sha256 hash_;
  BlockSumsWriter sums_;
  std::optional<core::Digest> digest_;
};

}  // namespace kith::storage
