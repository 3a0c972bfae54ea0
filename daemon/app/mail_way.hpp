#pragma once
// Which way mails leave this instance: by the mail server of the configuration, or as files into the outbox.

#include <memory>
#include <mutex>

#include "accounts/mail/delivery.hpp"
#include "accounts/mail/message.hpp"
#include "config/config.hpp"
#include "core/log.hpp"
#include "daemon/app/data_files.hpp"
#include "storage/disk.hpp"

namespace kith::daemon {

// Tells `log` which it is. Fails, with what to do, when the password file or the outbox can't be used.
[[nodiscard]] core::Expected<std::unique_ptr<accounts::MailCarrier>> open_mail_way(const config::Mail& mail,
                                                                                   const DataFiles& files,
                                                                                   storage::Disk& disk,
                                                                                   const core::Logger& log);

// A way that can be exchanged while mails go it. Thread-safe.
class ChangingMailWay final : public accounts::MailCarrier {
 public:
  explicit ChangingMailWay(std::unique_ptr<accounts::MailCarrier> way) : way_(std::move(way)) {}
  // The next mail goes the new way; one that is on the old one ends there.
  void change(std::unique_ptr<accounts::MailCarrier> way);

  accounts::Delivery deliver(const accounts::WaitingMail& mail) override;
  void stop() override;

 private:
  std::mutex mutex_;  // guards both
  std::shared_ptr<accounts::MailCarrier> way_;
  bool stopped_ = false;
};

accounts::TextCoding mail_coding(const config::Mail& mail);

// What a start would fail with because of `mail`, without starting.
[[nodiscard]] core::Expected<void> check_mail(const config::Mail& mail);

}  // namespace kith::daemon
