#pragma once
// The database, the blob store and the disk with their times taken, for /metrics. Thread-safe, as what they stand
// before.

#include <memory>

#include "core/duration_histogram.hpp"
#include "storage/blob_store.hpp"
#include "storage/database.hpp"
#include "storage/disk.hpp"

namespace kith::daemon {

struct StorageTimes {
  core::DurationHistogram database_read;   // with the wait for a connection
  core::DurationHistogram database_write;  // with the wait for other writers, and the commit
  core::DurationHistogram disk_write;      // content, thumbnails and mails, a piece each
  core::DurationHistogram disk_sync;       // what makes them last
  core::DurationHistogram blob_read;       // a part of content, with its proof
};

// `times` must outlive it.
std::unique_ptr<storage::Database> measured(std::unique_ptr<storage::Database> database, StorageTimes& times);

// Takes the time of reading; what is written, the disk knows.
std::unique_ptr<storage::BlobStore> measured(std::unique_ptr<storage::BlobStore> blobs, StorageTimes& times);

class MeasuredDisk final : public storage::Disk {
 public:
  explicit MeasuredDisk(StorageTimes& times) : times_(times) {}
  ssize_t write(int file, core::ByteView bytes) override;
  int sync(int file) override;

 private:
  StorageTimes& times_;
};

}  // namespace kith::daemon
