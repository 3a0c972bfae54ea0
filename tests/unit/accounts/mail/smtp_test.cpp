// The rest of it is told with a real mail server, in tests/system/test_mail.py.
#include "accounts/mail/smtp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "accounts/mail/mail_queue.hpp"
#include "storage/posix_file.hpp"

namespace kith::accounts {
namespace {

using ::testing::HasSubstr;

// A port of loopback where nobody listens as long as the descriptor is there.
class SilentPort {
 public:
  SilentPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    number_ = ntohs(address.sin_port);
  }
  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(number_); }

 private:
  storage::Descriptor socket_;
  int number_ = 0;
};

std::unique_ptr<SmtpServer> server_at(const std::string& url) {
  SmtpOptions options;
  options.url = url;
  options.from = "kith@home.example";
  auto server = SmtpServer::create(std::move(options));
  return server ? std::move(*server) : nullptr;
}

WaitingMail some_mail() {
  WaitingMail mail;
  mail.id = "01hxyz";
  mail.recipient = "alice@mail.example";
  mail.message = "To: <alice@mail.example>\r\n\r\nHello\r\n";
  return mail;
}

TEST(SmtpServer, HoldsMailsUpWhereNobodyListens) {
  const SilentPort port;
  const auto delivery = server_at(port.url())->deliver(some_mail());
  EXPECT_EQ(delivery.kind, Delivery::Kind::held_up);
  EXPECT_THAT(delivery.error, HasSubstr("no connection to the mail server"));
  EXPECT_THAT(delivery.error, HasSubstr("mail.smtp_url"));
}

TEST(SmtpServer, TakesNoOtherProtocol) {
  const auto delivery = server_at("file:///etc/hostname")->deliver(some_mail());
  EXPECT_EQ(delivery.kind, Delivery::Kind::held_up);
}

TEST(SmtpServer, TriesNothingOnceItIsStopped) {
  const SilentPort port;
  const auto server = server_at(port.url());
  server->stop();
  EXPECT_EQ(server->deliver(some_mail()).kind, Delivery::Kind::stopped);
}

}  // namespace
}  // namespace kith::accounts
