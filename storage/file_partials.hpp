#pragma once
// Partial contents of a FileBlobStore: files <root>/partial/<upload's ulid>. See PartialContents. Their room is
// promised by the store's ledger, so that uploads of both kinds never promise the same bytes.

#include <map>
#include <memory>
#include <mutex>

#include "storage/following_hash.hpp"
#include "storage/partial_content.hpp"
#include "storage/posix_file.hpp"
#include "storage/space_ledger.hpp"

namespace kith::storage {

class FileBlobStore;

class FilePartials final : public PartialContents {
 public:
  // What is kept in memory of one: its room, and how far it is hashed. Belongs to its writer while there is one.
  struct Part {
    explicit Part(SpaceLedger& ledger) : room(ledger) {}
    // For what is still to come when `present` bytes are there.
    void keep_room(std::uint64_t present) { room.insist(size > present ? size - present : 0); }
    std::uint64_t size = 0;  // it will have in the end
    SpaceLedger::Reservation room;
    std::shared_ptr<FollowingHash> hash;
  };

  FilePartials(FileBlobStore& store, Descriptor folder) : store_(store), folder_(std::move(folder)) {}
  [[nodiscard]] Expected<void> make(const core::UploadId& id, std::uint64_t size) override;
  [[nodiscard]] Expected<std::unique_ptr<PartialWriter>> open(const core::UserId& owner, const core::UploadId& id,
                                                              std::uint64_t offset) override;
  [[nodiscard]] Expected<void> remove(const core::UploadId& id) override;
  [[nodiscard]] Expected<void> restore(std::span<const KnownPartial> known) override;

 private:
  [[nodiscard]] Expected<void> make_file(const core::UploadId& id);
  std::shared_ptr<Part> part(const core::UploadId& id);
  std::shared_ptr<FollowingHash> new_hash();

  FileBlobStore& store_;
  const Descriptor folder_;
  std::mutex mutex_;  // guards parts_
  std::map<core::UploadId, std::shared_ptr<Part>> parts_;
};

}  // namespace kith::storage
