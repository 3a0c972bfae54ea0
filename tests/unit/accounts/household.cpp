#include "tests/unit/accounts/household.hpp"

#include <stdexcept>

namespace kith::test {
namespace {

template <class T>
T must(core::Expected<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

storage::MasterKey master_key() {
  storage::MasterKey key;
  std::fill(key.writable().begin(), key.writable().end(), std::uint8_t{7});
  return key;
}

}  // namespace

Process::Process(const std::filesystem::path& file, FakeClock& clock, std::uint64_t seed,
                 const core::PasswordCost& cost)
    : random_(seed) {
  storage::DatabaseOptions options;
  options.synchronous_full = false;
  database_ = must(storage::Database::open(file, options));
  vault_ = must(storage::KeyVault::open(*database_, master_key(), random_));
  accounts_ =
      std::make_unique<accounts::Accounts>(*database_, *vault_, clock, random_, config::Config{}, core::Logger::none(),
                                           mailer_, std::make_unique<CountingHasher>(counts_, random_, cost));
}

accounts::User AccountsTest::add(const std::string& email, const std::string& password,
                                 accounts::Permission permission) {
  accounts::NewLocalUser user;
  user.email = email;
  user.password = password;
  user.permission = permission;
  return must(registry().add(user, {}));
}

std::string AccountsTest::token_of(const core::Expected<accounts::IssuedToken>& issued) {
  return must(issued).token;
}

std::int64_t AccountsTest::count_rows(const std::string& sql) {
  return must(process_->database().read_for<std::int64_t>([&](storage::Reader& reader) -> core::Expected<std::int64_t> {
    std::int64_t count = -1;
    KITH_TRY(reader.query(sql, {}, [&](const storage::Row& row) {
      count = row.integer(0);
      return false;
    }));
    return count;
  }));
}

}  // namespace kith::test
