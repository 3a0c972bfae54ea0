#include "accounts/entrance.hpp"

#include "accounts/secret_link.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

using namespace std::chrono_literals;

// For one address; a household shares one.
constexpr Rate kChallengeRate{.times = 60, .per = 60s};
constexpr Rate kRequestRate{.times = 60, .per = 60s};  // of what costs little
constexpr Rate kRegistrationRate{.times = 20, .per = 3600s};
constexpr Rate kResetRate{.times = 20, .per = 3600s};

Expected<void> told(EmailProof proof) {
  switch (proof) {
    case EmailProof::proven:
      return {};
    case EmailProof::expired:
      return fail(ErrorCode::gone, "this link had run out: a fresh one is on its way to the same address");
    case EmailProof::taken:
      return fail(ErrorCode::conflict, "somebody else has got this e-mail address meanwhile");
    case EmailProof::unknown:
      break;
  }
  return fail(ErrorCode::unauthorized, "this link was used, was replaced by a later one, or is not one of ours");
}

}  // namespace

Entrance::Entrance(storage::Database& database, Registry& registry, Mailer& mailer, const core::Clock& clock,
                   core::Random& random, const config::Config& config, const core::Logger& log)
    : database_(database),
      challenge_rate_(clock, kChallengeRate),
      request_rate_(clock, kRequestRate),
      registration_rate_(clock, kRegistrationRate),
      reset_rate_(clock, kResetRate),
      challenges_(clock, random, config.accounts.challenge_difficulty),
      invites_({database, registry.audit(), clock, random, config.web.url}),
      tokens_({database, invites_, clock, random, registration_mode(config.accounts.registration)}),
      registry_(registry),
      registrations_({database, registry, tokens_, mailer, clock, random, config.web.url}),
      email_changes_({registry.audit(), mailer, clock, random, config.web.url}),
      resets_({database, registry, mailer, clock, random, log, config.web.url}) {}

Expected<Challenge> Entrance::challenge(const Client& client) {
  KITH_TRY(challenge_rate_.take(client.address));
  return challenges_.make();
}

Expected<RegistrationToken> Entrance::registration_token(std::string_view solution,
                                                         const std::optional<std::string>& invite,
                                                         const Client& client) {
  KITH_TRY(request_rate_.take(client.address));
  KITH_TRY(tokens_.require_not_closed());
  KITH_TRY(challenges_.take(solution));
  return tokens_.give(invite);
}

Expected<User> Entrance::begin_registration(std::string_view registration_token, const NewLocalUser& wanted,
                                            const Client& client) {
  KITH_TRY(request_rate_.take(client.address));
  KITH_TRY(tokens_.require_not_closed());
  KITH_TRY(tokens_.require_good(registration_token));
  KITH_TRY(registry_.check(wanted));
  // What is mistyped counts little: only from here on it costs a hash and a mail.
  KITH_TRY(registration_rate_.take(client.address));
  return registrations_.begin(registration_token, wanted, client);
}

Expected<void> Entrance::verify_email(std::string_view token, const Client& client) {
  KITH_TRY(request_rate_.take(client.address));
  const auto hash = link_token_hash(token);
  if (!hash) return told(EmailProof::unknown);
  KITH_TRY_ASSIGN(proof,
                  database_.write_for<EmailProof>([&](storage::Transaction& transaction) -> Expected<EmailProof> {
                    KITH_TRY_ASSIGN(registered, registrations_.prove(transaction, *hash, client));
                    if (registered != EmailProof::unknown) return registered;
                    return email_changes_.prove(transaction, *hash, client);
                  }));
  return told(proof);
}

Expected<void> Entrance::ask_for_reset(std::string_view email, const Client& client) {
  KITH_TRY(reset_rate_.take(client.address));
  return resets_.ask(email, client);
}

Expected<core::UserId> Entrance::reset_password(std::string_view token, std::string_view password,
                                                const Client& client) {
  KITH_TRY(request_rate_.take(client.address));
  return resets_.redeem(token, password, client);
}

Expected<void> Entrance::sweep() {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(tokens_.sweep(transaction));
    KITH_TRY(invites_.sweep(transaction));
    KITH_TRY(registrations_.sweep(transaction));
    KITH_TRY(email_changes_.sweep(transaction));
    return resets_.sweep(transaction);
  });
}

void Entrance::take_up(const config::Accounts& settings) {
  challenges_.set_max_number(settings.challenge_difficulty);
  tokens_.set_mode(registration_mode(settings.registration));
}

}  // namespace kith::accounts
