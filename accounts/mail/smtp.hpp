#pragma once
// The mail server mails go out by, through libcurl: TLS from the beginning (smtps://) or by STARTTLS, with the server's
// certificate checked, and a log-in where one is configured. A connection a mail; a try ends after two minutes.

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "accounts/mail/delivery.hpp"
#include "accounts/mail/mail_password.hpp"

namespace kith::accounts {

struct SmtpOptions {
  enum class StartTls : std::uint8_t { required, optional, off };
  std::string url;  // smtp://host[:port] or smtps://host[:port]
  std::string from;
  StartTls starttls = StartTls::required;
  std::string user;                      // empty: no log-in
  std::optional<MailPassword> password;  // with a user
  std::string ca_file;                   // empty: the system's authorities
};

class SmtpServer final : public MailCarrier {
 public:
  [[nodiscard]] static Expected<std::unique_ptr<SmtpServer>> create(SmtpOptions options);
  ~SmtpServer() override;

  // What the server answers to one recipient or one mail decides on that mail; everything before that (connecting, TLS,
  // the log-in, the sender) holds all mails up.
  Delivery deliver(const WaitingMail& mail) override;
  void stop() override { stopping_ = true; }

 private:
  explicit SmtpServer(SmtpOptions options);
  const SmtpOptions options_;
  std::string url_;  // with the name this side greets with
  std::atomic<bool> stopping_{false};
};

}  // namespace kith::accounts
