#pragma once
// An instance's accounts on a database of their own, with a clock set by hand and hashes that are counted.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "accounts/accounts.hpp"
#include "storage/database.hpp"
#include "storage/key_vault.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/recording_mailer.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::test {

struct HashCounts {
  std::atomic<int> hashed{0};
  std::atomic<int> verified{0};  // only at the full cost
};

// Argon2id at its cheapest, counted.
class CountingHasher final : public accounts::PasswordHasher {
 public:
  CountingHasher(std::shared_ptr<HashCounts> counts, core::Random& random,
                 const core::PasswordCost& cost = core::PasswordCost::cheapest())
      : counts_(std::move(counts)), real_(cost, random) {}
  core::Expected<std::string> hash(std::string_view password) override {
    ++counts_->hashed;
    return real_.hash(password);
  }
  bool verify(std::string_view password, const std::string& hash) override {
    if (!real_.outdated(hash)) ++counts_->verified;
    return real_.verify(password, hash);
  }
  bool outdated(const std::string& hash) const override { return real_.outdated(hash); }
  const std::string& decoy() const override { return real_.decoy(); }

 private:
  std::shared_ptr<HashCounts> counts_;
  accounts::Argon2idHasher real_;
};

// What one process has open; several may share the file.
class Process {
 public:
  Process(const std::filesystem::path& file, FakeClock& clock, std::uint64_t seed,
          const core::PasswordCost& cost = core::PasswordCost::cheapest());
  accounts::Accounts& accounts() { return *accounts_; }
  storage::Database& database() { return *database_; }
  RecordingMailer& mailer() { return mailer_; }
  HashCounts& counts() { return *counts_; }

 private:
  SeededRandom random_;
  std::shared_ptr<HashCounts> counts_ = std::make_shared<HashCounts>();
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::KeyVault> vault_;
  RecordingMailer mailer_;
  std::unique_ptr<accounts::Accounts> accounts_;
};

inline constexpr const char* kAliceEmail = "alice@mail.example";
inline constexpr const char* kAlicePassword = "correct horse battery";

class AccountsTest : public ::testing::Test {
 protected:
  AccountsTest() : process_(std::make_unique<Process>(file(), clock_, 1)) {}
  std::filesystem::path file() const { return dir_ / "kith.db"; }
  accounts::Accounts& accounts() { return process_->accounts(); }
  accounts::TokenService& tokens() { return accounts().tokens(); }
  accounts::Registry& registry() { return accounts().registry(); }
  HashCounts& counts() { return process_->counts(); }
  RecordingMailer& mailer() { return process_->mailer(); }
  void restart() {
    process_.reset();
    process_ = std::make_unique<Process>(file(), clock_, ++seed_);
  }
  // Adds somebody, or ends the test.
  accounts::User add(const std::string& email, const std::string& password = kAlicePassword,
                     accounts::Permission permission = accounts::Permission::user);
  accounts::User add_alice() { return add(kAliceEmail); }
  core::Expected<accounts::IssuedToken> log_in(const std::string& password = kAlicePassword,
                                               const std::string& address = "192.0.2.1",
                                               const std::string& email = kAliceEmail) {
    return tokens().log_in(email, password, {address, "test"});
  }
  // The token of a log-in that has to succeed.
  std::string token_of(const core::Expected<accounts::IssuedToken>& issued);
  // How many rows `sql` counts.
  std::int64_t count_rows(const std::string& sql);

  TempDir dir_;
  FakeClock clock_;
  std::uint64_t seed_ = 1;
  std::unique_ptr<Process> process_;
};

// The code of a failure, or a value no code has when it was none.
template <class T>
core::ErrorCode code_of(const core::Expected<T>& result) {
  return result ? core::ErrorCode::count_ : result.error().code;
}

}  // namespace kith::test
