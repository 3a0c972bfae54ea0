#include "daemon/app/mail_way.hpp"

#include <unistd.h>

#include "accounts/mail/outbox.hpp"
#include "accounts/mail/smtp.hpp"

namespace kith::daemon {

namespace {

using accounts::SmtpOptions;
using core::Expected;

SmtpOptions::StartTls starttls_of(const config::Mail& mail) {
  if (mail.starttls == "off") return SmtpOptions::StartTls::off;
  return mail.starttls == "optional" ? SmtpOptions::StartTls::optional : SmtpOptions::StartTls::required;
}

Expected<SmtpOptions> smtp_options(const config::Mail& mail) {
  SmtpOptions options{mail.smtp_url, mail.from, starttls_of(mail), mail.user, std::nullopt, mail.ca_file};
  if (mail.user.empty()) return options;
  KITH_TRY_ASSIGN(password, accounts::read_mail_password(mail.password_file));
  options.password = std::move(password);
  return options;
}

}  // namespace

Expected<std::unique_ptr<accounts::MailCarrier>> open_mail_way(const config::Mail& mail, const DataFiles& files,
                                                               storage::Disk& disk, const core::Logger& log) {
  if (mail.smtp_url.empty()) {
    KITH_TRY_ASSIGN(outbox, accounts::OutboxFolder::open(files.outbox(), disk));
    log.info("mails are written to " + files.outbox().string() + ": set mail.smtp_url to send them");
    return std::unique_ptr<accounts::MailCarrier>(std::move(outbox));
  }
  KITH_TRY(check_mail(mail));
  KITH_TRY_ASSIGN(options, smtp_options(mail));
  KITH_TRY_ASSIGN(server, accounts::SmtpServer::create(std::move(options)));
  log.info("mails go to the mail server", {{"url", mail.smtp_url}, {"from", mail.from}});
  return std::unique_ptr<accounts::MailCarrier>(std::move(server));
}

void ChangingMailWay::change(std::unique_ptr<accounts::MailCarrier> way) {
  const std::lock_guard lock(mutex_);
  way_ = std::move(way);
  if (stopped_) way_->stop();
}

accounts::Delivery ChangingMailWay::deliver(const accounts::WaitingMail& mail) {
  const auto way = [this] {
    const std::lock_guard lock(mutex_);
    return way_;
  }();
  return way->deliver(mail);
}

void ChangingMailWay::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  way_->stop();
}

accounts::TextCoding mail_coding(const config::Mail& mail) {
  return mail.smtp_url.empty() ? accounts::TextCoding::eight_bit : accounts::TextCoding::seven_bit;
}

Expected<void> check_mail(const config::Mail& mail) {
  if (mail.smtp_url.empty()) return {};
  if (!mail.user.empty()) KITH_TRY(accounts::read_mail_password(mail.password_file));
  if (!mail.ca_file.empty() && ::access(mail.ca_file.c_str(), R_OK) != 0) {
    return core::fail(core::ErrorCode::bad_request,
                      "mail.ca_file: " + mail.ca_file +
                          " cannot be read: it has to be there, and readable for the user who runs kithd");
  }
  return {};
}

}  // namespace kith::daemon
