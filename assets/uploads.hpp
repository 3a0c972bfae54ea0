#pragma once
// How content comes in. Uploads checks name, size, quota and number before a byte is taken, and gives out an Upload
// that takes the bytes as they come.
//
// Order of a commit: content synced and under its name in the blob store, then the database, then the answer. A crash
// in between leaves a blob nobody names, which Assets::remove_orphans finds. Many uploads of one user at the same time
// never exceed the quota together: each holds a reservation until it ends.
//
// Uploads is thread-safe. An Upload belongs to one thread at a time and must end before its Uploads does. Calls block.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "assets/asset.hpp"
#include "assets/asset_events.hpp"
#include "assets/quotas.hpp"
#include "config/config.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "storage/blob_store.hpp"
#include "storage/database.hpp"

namespace kith::assets {

class BlobLedger;
class Reservation;
class Reservations;
struct StoredVersion;

// One file on its way in. Dropped without commit(), it leaves nothing behind. After an error only destruction is left.
class Upload {
 public:
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  // bad_request beyond the declared size, too_large, quota_exceeded, storage_full.
  [[nodiscard]] core::Expected<void> write(core::ByteView piece);
  std::uint64_t size() const { return size_; }
  // The asset as it is now in the catalogue, for good. bad_request when fewer bytes came than were declared. Content
  // equal to the newest version makes no new one.
  [[nodiscard]] core::Expected<Asset> commit();

 private:
  friend class Uploads;
  struct Surroundings;
  Upload(Surroundings& surroundings, core::UserId owner, std::string name, std::optional<std::uint64_t> expected_size,
         std::unique_ptr<Reservation> reservation, std::unique_ptr<storage::BlobWriter> writer);
  core::Expected<void> take(core::ByteView piece);
  core::Expected<Asset> store();
  core::Expected<StoredVersion> place(std::optional<storage::BlobKey>& committed);
  void end();

  Surroundings& surroundings_;
  const core::UserId owner_;
  const std::string name_;
  const std::optional<std::uint64_t> expected_size_;
  std::unique_ptr<Reservation> reservation_;     // gone once the upload has ended, well or not
  std::unique_ptr<storage::BlobWriter> writer_;  // likewise
  std::uint64_t size_ = 0;
  core::Bytes head_;  // the first kSniffBytes
};

class Uploads {
 public:
  // All are borrowed and outlive this; of `config`, limits.uploads_per_user and storage.max_file_bytes are kept.
  Uploads(storage::Database& database, storage::BlobStore& blobs, BlobLedger& ledger, const core::Clock& clock,
          core::Random& random, const config::Config& config, Quotas& quotas, AssetEvents& events,
          const core::Logger& log);
  ~Uploads();

  // A file of `owner`; the name of one of their assets makes its next version. `expected_size` is what the client
  // declared, nothing for a chunked body. bad_request (name), too_large, quota_exceeded, storage_full,
  // too_many_requests.
  [[nodiscard]] core::Expected<std::unique_ptr<Upload>> begin(const core::UserId& owner, std::string_view name,
                                                              std::optional<std::uint64_t> expected_size);

 private:
  std::unique_ptr<Upload::Surroundings> surroundings_;
};

}  // namespace kith::assets
