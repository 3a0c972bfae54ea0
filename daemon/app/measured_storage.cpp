#include "daemon/app/measured_storage.hpp"

namespace kith::daemon {
namespace {

using core::DurationScope;
using core::Expected;

class MeasuredDatabase final : public storage::Database {
 public:
  MeasuredDatabase(std::unique_ptr<storage::Database> database, StorageTimes& times)
      : database_(std::move(database)), times_(times) {}
  Expected<void> write(const std::function<Expected<void>(storage::Transaction&)>& work) override {
    const DurationScope scope(times_.database_write);
    return database_->write(work);
  }
  Expected<void> read(const std::function<Expected<void>(storage::Reader&)>& work) override {
    const DurationScope scope(times_.database_read);
    return database_->read(work);
  }
  int schema_version() const override { return database_->schema_version(); }

 private:
  const std::unique_ptr<storage::Database> database_;
  StorageTimes& times_;
};

class MeasuredReader final : public storage::BlobReader {
 public:
  MeasuredReader(std::shared_ptr<storage::BlobReader> reader, StorageTimes& times)
      : reader_(std::move(reader)), times_(times) {}
  std::uint64_t size() const override { return reader_->size(); }
  Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    const DurationScope scope(times_.blob_read);
    return reader_->read(offset, out);
  }
  int file_descriptor() const override { return reader_->file_descriptor(); }
  Expected<void> prove(std::uint64_t offset, std::uint64_t length) override {
    const DurationScope scope(times_.blob_read);
    return reader_->prove(offset, length);
  }

 private:
  const std::shared_ptr<storage::BlobReader> reader_;
  StorageTimes& times_;
};

class MeasuredBlobs final : public storage::BlobStore {
 public:
  MeasuredBlobs(std::unique_ptr<storage::BlobStore> blobs, StorageTimes& times)
      : blobs_(std::move(blobs)), times_(times) {}
  Expected<std::shared_ptr<storage::BlobReader>> open(const storage::BlobKey& key) override {
    KITH_TRY_ASSIGN(reader, blobs_->open(key));
    return std::make_shared<MeasuredReader>(std::move(reader), times_);
  }
  Expected<std::unique_ptr<storage::BlobWriter>> begin(const core::UserId& owner, std::uint64_t size) override {
    return blobs_->begin(owner, size);
  }
  Expected<bool> contains(const storage::BlobKey& key) override { return blobs_->contains(key); }
  Expected<void> remove(const storage::BlobKey& key) override { return blobs_->remove(key); }
  Expected<void> clear_unfinished() override { return blobs_->clear_unfinished(); }
  storage::PartialContents& partials() override { return blobs_->partials(); }
  void set_keep_free(std::uint64_t bytes) override { blobs_->set_keep_free(bytes); }
  std::uint64_t free_bytes() const override { return blobs_->free_bytes(); }
  Expected<std::shared_ptr<void>> begin_removal() override { return blobs_->begin_removal(); }
  Expected<void> for_each(const std::function<void(const storage::BlobKey&)>& each) override {
    return blobs_->for_each(each);
  }

 private:
  const std::unique_ptr<storage::BlobStore> blobs_;
  StorageTimes& times_;
};

}  // namespace

std::unique_ptr<storage::BlobStore> measured(std::unique_ptr<storage::BlobStore> blobs, StorageTimes& times) {
  return std::make_unique<MeasuredBlobs>(std::move(blobs), times);
}

std::unique_ptr<storage::Database> measured(std::unique_ptr<storage::Database> database, StorageTimes& times) {
  return std::make_unique<MeasuredDatabase>(std::move(database), times);
}

// errno is left as the call sets it: taking the time changes nothing there.
ssize_t MeasuredDisk::write(int file, core::ByteView bytes) {
  const DurationScope scope(times_.disk_write);
  return Disk::write(file, bytes);
}

int MeasuredDisk::sync(int file) {
  const DurationScope scope(times_.disk_sync);
  return Disk::sync(file);
}

}  // namespace kith::daemon
