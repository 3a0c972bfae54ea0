#pragma once
// Goes through all content the database names, several at once, and remembers what is not as it should be. Bounded
// memory, whatever there is. Use from one thread; it has its own.

#include <atomic>
#include <mutex>
#include <optional>
#include <vector>

#include "daemon/cli/content_names.hpp"
#include "daemon/cli/progress.hpp"
#include "storage/file_blob_store.hpp"

namespace kith::daemon {

class Verification {
 public:
  enum class Fault { damaged, missing };
  struct Finding {
    storage::BlobKey key;
    Fault fault = Fault::damaged;
  };

  Verification(storage::Database& database, storage::FileBlobStore& blobs, Progress& progress, bool quick)
      : database_(database), blobs_(blobs), progress_(progress), quick_(quick) {}

  // Until all is read. Fails when database or disk do; content that is damaged or missing is no failure.
  [[nodiscard]] core::Expected<void> run(int jobs);
  std::uint64_t checked() const { return checked_; }
  std::uint64_t faults() const { return faults_; }
  // The first kMostFindings.
  const std::vector<Finding>& findings() const { return findings_; }

  static constexpr std::size_t kMostFindings = 10'000;

 private:
  void work();
  core::Expected<std::optional<NamedContent>> next();
  core::Expected<void> check(const NamedContent& content);
  core::Expected<void> look_at(const NamedContent& content);
  core::Expected<void> note(const NamedContent& content, Fault fault);
  void fail(const core::Error& error);

  storage::Database& database_;
  storage::FileBlobStore& blobs_;
  Progress& progress_;
  const bool quick_;
  std::atomic<std::uint64_t> checked_{0};

  std::mutex mutex_;  // guards all below
  std::vector<NamedContent> batch_;
  std::size_t taken_ = 0;  // of it
  storage::BlobKey last_{};
  bool at_end_ = false;
  std::optional<core::Error> failure_;
  std::uint64_t faults_ = 0;
  std::vector<Finding> findings_;
};

}  // namespace kith::daemon
