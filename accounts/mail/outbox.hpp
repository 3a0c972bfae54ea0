#pragma once
// Where mails go when there is no mail server: a file each in a folder, for an admin to pass on. Only the folder's
// owner can read them, for they hold links that log in. The newest 10,000 are kept.
//
// "20261121T191325123Z-<id>.eml": sorted by name is sorted by time. A file is there whole or not at all.

#include <filesystem>
#include <memory>

#include "accounts/mail/delivery.hpp"
#include "accounts/mail/limits.hpp"
#include "storage/disk.hpp"
#include "storage/posix_file.hpp"

namespace kith::accounts {

using core::Expected;

class OutboxFolder final : public MailCarrier {
 public:
  // Makes the folder (0700) if it is missing, and removes what a crash left unfinished in it. `disk` must outlive it.
  [[nodiscard]] static Expected<std::unique_ptr<OutboxFolder>> open(const std::filesystem::path& folder,
                                                                    storage::Disk& disk,
                                                                    std::size_t most_files = mail_limits::kMostFiles);

  Delivery deliver(const WaitingMail& mail) override;
  void stop() override {}

 private:
  OutboxFolder(storage::Descriptor folder, storage::Disk& disk, std::size_t most_files)
      : folder_(std::move(folder)), disk_(disk), most_files_(most_files) {}
  Expected<void> write(const std::string& name, const std::string& message);
  Expected<void> remove_unfinished();
  Expected<void> remove_oldest();

  const storage::Descriptor folder_;
  storage::Disk& disk_;
  const std::size_t most_files_;
};

}  // namespace kith::accounts
