#pragma once
// Which way mails leave this instance: by the mail server of the configuration, or as files into the outbox.

#include <memory>

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

accounts::TextCoding mail_coding(const config::Mail& mail);

// What a start would fail with because of `mail`, without starting.
[[nodiscard]] core::Expected<void> check_mail(const config::Mail& mail);

}  // namespace kith::daemon
