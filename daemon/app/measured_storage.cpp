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

}  // namespace

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
