#pragma once
// A queue of mails on a database of its own, with a clock set by hand, and a carrier that does what the test says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "accounts/mail/mail_sender.hpp"
#include "storage/database.hpp"
#include "storage/key_vault.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::test {

template <class T>
T must(core::Expected<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

inline void must(const core::Expected<void>& result) {
  if (!result) throw std::runtime_error(result.error().detail);
}

// Answers every mail with `answer`, and keeps what it was given.
class FakeCarrier final : public accounts::MailCarrier {
 public:
  accounts::Delivery deliver(const accounts::WaitingMail& mail) override {
    tried.push_back(mail);
    return answer;
  }
  void stop() override { stopped = true; }

  accounts::Delivery answer = accounts::Delivery::delivered();
  std::vector<accounts::WaitingMail> tried;
  bool stopped = false;
};

class MailTest : public ::testing::Test {
 protected:
  static constexpr const char* kToken = "Zm9yZ2V0LW1lLW5vdC1mb3JnZXQtbWUtbm90";

  MailTest() { open(); }
  std::filesystem::path file() const { return dir_ / "kith.db"; }

  void open() {
    database_ = must(storage::Database::open(file(), {.synchronous_full = false}));
    storage::MasterKey key;
    std::fill(key.writable().begin(), key.writable().end(), std::uint8_t{7});
    vault_ = must(storage::KeyVault::open(*database_, std::move(key), random_));
    queue_ = std::make_unique<accounts::MailQueue>(accounts::MailQueue::Parts{
        *database_, *vault_, clock_, random_, core::Logger::none(), "kith@home.example", [] { return "Our home"; }});
  }
  void restart() {
    queue_.reset();
    vault_.reset();
    database_.reset();
    open();
  }

  core::Expected<void> enqueue(const std::string& to = "alice@mail.example",
                               accounts::MailKind kind = accounts::MailKind::password_reset) {
    accounts::Mail mail{to, kind, {}, {}};
    if (kind == accounts::MailKind::password_reset || kind == accounts::MailKind::registration_of_taken_address)
      mail.values["link"] = "https://home.example/#/reset-password?token=" + std::string(kToken);
    return database_->write([&](storage::Transaction& transaction) { return queue_->enqueue(transaction, mail); });
  }
  std::int64_t waiting() { return must(queue_->state()).waiting; }
  void execute(const std::string& sql) {
    must(database_->write([&](storage::Transaction& transaction) -> core::Expected<void> {
      KITH_TRY(transaction.execute(sql));
      return {};
    }));
  }

  TempDir dir_;
  FakeClock clock_;
  SeededRandom random_{1};
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::KeyVault> vault_;
  std::unique_ptr<accounts::MailQueue> queue_;
  FakeCarrier carrier_;
};

}  // namespace kith::test
