#include "accounts/accounts.hpp"

namespace kith::accounts {

Accounts::Accounts(storage::Database& database, const storage::KeyVault& vault, const core::Clock& clock,
                   core::Random& random, const config::Config& config, const core::Logger& log, Mailer& mailer,
                   std::unique_ptr<PasswordHasher> hasher)
    : database_(database),
      mailer_(mailer),
      registry_(database, clock, random, config, std::move(hasher)),
      password_check_(registry_.users(), registry_.passwords(), registry_.audit(), clock, log),
      secrets_(database, vault, clock, random, log),
      tokens_(database, registry_.users(), registry_.passwords(), password_check_, secrets_, registry_.audit(), clock,
              random, log),
      api_tokens_(database, registry_.audit(), clock, random, log),
      entrance_(database, registry_, mailer, clock, random, config) {}

Expected<IssuedToken> Accounts::redeem_link(std::string_view link_token, const Client& client) {
  return database_.write_for<IssuedToken>([&](storage::Transaction& transaction) -> Expected<IssuedToken> {
    KITH_TRY_ASSIGN(user, links().redeem(transaction, link_token));
    return tokens_.issue(transaction, user, client);
  });
}

Expected<IssuedToken> Accounts::set_up(std::string_view link_token, const NewLocalUser& user, const Client& client) {
  KITH_TRY_ASSIGN(admin, registry_.add_first_admin(link_token, user, client));
  return database_.write_for<IssuedToken>(
      [&](storage::Transaction& transaction) { return tokens_.issue(transaction, admin, client); });
}

}  // namespace kith::accounts
