#include "accounts/accounts.hpp"

namespace kith::accounts {

Accounts::Accounts(storage::Database& database, const storage::KeyVault& vault, const core::Clock& clock,
                   core::Random& random, const config::Config& config, const core::Logger& log, Mailer& mailer,
                   std::unique_ptr<PasswordHasher> hasher)
    : database_(database),
      mailer_(mailer),
      registry_(database, clock, random, config, std::move(hasher)),
      password_check_(registry_.users(), registry_.passwords(), registry_.audit(), clock, log),
      second_factors_({database, vault, registry_.users(), password_check_, registry_.audit(), mailer_, clock, random}),
      secrets_(database, vault, clock, random, log),
      tokens_(database, registry_.users(), registry_.passwords(), password_check_, second_factors_, secrets_,
              registry_.audit(), clock, random, log),
      api_tokens_(database, registry_.audit(), clock, random, log),
      entrance_(database, registry_, mailer, clock, random, config, log),
      own_account_({database, registry_, password_check_, entrance_.email_changes(), mailer, clock}) {}

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

Expected<std::vector<std::string>> Accounts::confirm_second_factor(const Principal& who, std::string_view code,
                                                                   const Client& client) {
  auto codes = second_factors_.confirm(who, code, client);
  if (codes) tokens_.log_ins_ended(who.user);
  return codes;
}

Expected<void> Accounts::rotate_secrets(const Actor& actor) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(secrets_.rotate(transaction));
    return audit().write(transaction, {actor.name, "token_secret_rotated", "", actor.address, ""});
  });
}

void Accounts::take_up(const config::Accounts& settings) {
  registry_.set_default_quota(settings.default_quota_bytes);
  entrance_.take_up(settings);
}

}  // namespace kith::accounts
