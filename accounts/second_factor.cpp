#include "accounts/second_factor.hpp"

#include <algorithm>

#include "accounts/log_ins.hpp"
#include "accounts/recovery_codes.hpp"
#include "core/encoding.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

constexpr std::string_view kPurpose = "second factor";

// Only who knows the password gets to guess codes, and three of a million are right: a guess each quarter of an hour
// finds one in years.
ThrottleLimits code_limits() {
  ThrottleLimits limits;
  limits.longest_wait = std::chrono::minutes{15};
  limits.forget_after = std::chrono::hours{24};
  return limits;
}

// As typed, "123 456" too.
std::string without_spaces(std::string_view code) {
  std::string out(code);
  std::erase(out, ' ');
  return out;
}

template <class T>
void settle(Throttle::Attempt& attempt, const Expected<T>& taken) {
  if (taken)
    attempt.succeeded();
  else if (taken.error().code != ErrorCode::wrong_second_factor)
    attempt.neutral();
}

}  // namespace

Expected<void> erase_second_factor(storage::Transaction& transaction, const core::UserId& user) {
  KITH_TRY(transaction.execute("DELETE FROM second_factors WHERE user_id = ?", {user.text()}));
  return erase_recovery_codes(transaction, user);
}

SecondFactors::SecondFactors(const Parts& parts) : parts_(parts), codes_(parts.clock, code_limits()) {}

Expected<SecondFactorStatus> SecondFactors::status(const core::UserId& user) {
  return parts_.database.read_for<SecondFactorStatus>([&](storage::Reader& reader) -> Expected<SecondFactorStatus> {
    SecondFactorStatus status;
    KITH_TRY(reader.query("SELECT confirmed_at FROM second_factors WHERE user_id = ?", {user.text()},
                          [&](const storage::Row& row) {
                            status.confirmed_at = row.optional_time(0);
                            return false;
                          }));
    KITH_TRY_ASSIGN(left, count_recovery_codes(reader, user));
    status.recovery_codes_left = left;
    return status;
  });
}

Expected<SecondFactorSecret> SecondFactors::begin(const core::UserId& user, std::string_view password,
                                                  std::string_view issuer, const Client& client) {
  KITH_TRY(parts_.passwords.check_current_password(user, password, client));
  core::TotpKey key;
  parts_.random.fill(key.writable());
  return parts_.database.write_for<SecondFactorSecret>([&](storage::Transaction& transaction)
                                                           -> Expected<SecondFactorSecret> {
    KITH_TRY_ASSIGN(owner, UserStore::by_id(transaction, user));
    KITH_TRY_ASSIGN(
        written,
        transaction.execute("INSERT INTO second_factors (user_id, sealed, last_step, created_at) "
                            "VALUES (?, ?, 0, ?) ON CONFLICT (user_id) DO UPDATE SET sealed = "
                            "excluded.sealed, created_at = excluded.created_at WHERE confirmed_at IS NULL",
                            {user.text(), parts_.vault.seal(kPurpose, user.text(), key.view()), parts_.clock.now()}));
    if (written == 0)
      return fail(ErrorCode::conflict, "you use a second factor already: end it first to set up another app");
    KITH_TRY(parts_.audit.write(transaction, {user.text(), "second_factor_begun", user.text(), client.address, ""}));
    return SecondFactorSecret{core::to_base32(key.view()), core::totp_uri(key, issuer, owner.email)};
  });
}

Expected<std::vector<std::string>> SecondFactors::confirm(const Principal& who, std::string_view code,
                                                          const Client& client) {
  KITH_TRY_ASSIGN(attempt, codes_.begin(who.user.text(), client.address));
  auto codes = parts_.database.write_for<std::vector<std::string>>(
      [&](storage::Transaction& transaction) { return turn_on(transaction, who, code, client); });
  settle(attempt, codes);
  return codes;
}

Expected<std::vector<std::string>> SecondFactors::turn_on(storage::Transaction& transaction, const Principal& who,
                                                          std::string_view code, const Client& client) {
  KITH_TRY(require_log_in(transaction, who));  // a reset of the password that came in between ended it
  KITH_TRY_ASSIGN(factor, find(transaction, who.user));
  if (!factor) return fail(ErrorCode::conflict, "there is nothing to confirm: begin to use a second factor first");
  if (factor->confirmed_at) return fail(ErrorCode::conflict, "your second factor is confirmed already");
  KITH_TRY_ASSIGN(step, new_step(*factor, without_spaces(code)));
  KITH_TRY(transaction.execute("UPDATE second_factors SET confirmed_at = ?, last_step = ? WHERE user_id = ?",
                               {parts_.clock.now(), step, who.user.text()}));
  KITH_TRY_ASSIGN(codes, replace_recovery_codes(transaction, who.user, factor->key, parts_.random));
  KITH_TRY(end_other_log_ins(transaction, who.user, who.log_in));
  KITH_TRY(parts_.audit.write(transaction, {who.user.text(), "second_factor_on", who.user.text(), client.address, ""}));
  KITH_TRY(tell(transaction, who.user, second_factor_change::kOn));
  return codes;
}

Expected<void> SecondFactors::end(const core::UserId& user, std::string_view password, const Client& client) {
  KITH_TRY(parts_.passwords.check_current_password(user, password, client));
  return parts_.database.write([&](storage::Transaction& transaction) {
    return turn_off(transaction, user, second_factor_change::kOff, {user.text(), client.address});
  });
}

Expected<void> SecondFactors::end_by_admin(const core::UserId& user, const Actor& actor) {
  return parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(turn_off(transaction, user, second_factor_change::kOffByAdmin, actor));
    return end_all_log_ins(transaction, user);
  });
}

Expected<void> SecondFactors::turn_off(storage::Transaction& transaction, const core::UserId& user,
                                       std::string_view change, const Actor& actor) {
  KITH_TRY(UserStore::by_id(transaction, user));
  KITH_TRY_ASSIGN(factor, find(transaction, user));
  KITH_TRY(erase_second_factor(transaction, user));
  if (!factor || !factor->confirmed_at) return {};
  KITH_TRY(parts_.audit.write(transaction, {actor.name, "second_factor_off", user.text(), actor.address, ""}));
  return tell(transaction, user, change);
}

Expected<std::vector<std::string>> SecondFactors::new_recovery_codes(const core::UserId& user,
                                                                     std::string_view password, const Client& client) {
  KITH_TRY(parts_.passwords.check_current_password(user, password, client));
  return parts_.database.write_for<std::vector<std::string>>([&](storage::Transaction& transaction)
                                                                 -> Expected<std::vector<std::string>> {
    KITH_TRY_ASSIGN(factor, find(transaction, user));
    if (!factor || !factor->confirmed_at)
      return fail(ErrorCode::conflict, "recovery codes are for a second factor: set it up first");
    KITH_TRY_ASSIGN(codes, replace_recovery_codes(transaction, user, factor->key, parts_.random));
    KITH_TRY(parts_.audit.write(transaction, {user.text(), "recovery_codes_made", user.text(), client.address, ""}));
    KITH_TRY(tell(transaction, user, second_factor_change::kNewCodes));
    return codes;
  });
}

Expected<void> SecondFactors::check(storage::Transaction& transaction, const User& user,
                                    std::optional<std::string_view> code, const Client& client) {
  KITH_TRY_ASSIGN(factor, find(transaction, user.id));
  if (!factor || !factor->confirmed_at) return {};
  const auto typed = without_spaces(code.value_or(""));
  if (typed.empty())
    return fail(ErrorCode::second_factor_required,
                "a code of your authenticator app, or a recovery code, is needed too");
  KITH_TRY_ASSIGN(attempt, codes_.begin(user.id.text(), client.address));
  const auto taken = take(transaction, user, *factor, typed, client);
  settle(attempt, taken);
  return taken;
}

Expected<void> SecondFactors::take(storage::Transaction& transaction, const User& user, const Factor& factor,
                                   std::string_view code, const Client& client) {
  if (code.size() == core::kTotpDigits) {
    KITH_TRY_ASSIGN(step, new_step(factor, code));
    KITH_TRY(transaction.execute("UPDATE second_factors SET last_step = ? WHERE user_id = ?", {step, user.id.text()}));
    return {};
  }
  KITH_TRY_ASSIGN(used, use_recovery_code(transaction, user.id, factor.key, code));
  if (!used) return fail(ErrorCode::wrong_second_factor, "this is no code of your app, and no recovery code");
  KITH_TRY(parts_.audit.write(transaction, {user.id.text(), "recovery_code_used", user.id.text(), client.address, ""}));
  return tell(transaction, user.id, second_factor_change::kCodeUsed);
}

// The step of a code that was not taken before, nor any later one.
Expected<std::int64_t> SecondFactors::new_step(const Factor& factor, std::string_view code) const {
  const auto now = parts_.clock.now();
  const auto step = core::find_totp_step(factor.key, code, now);
  // One taken far in the future was taken by a clock that was wrong: it must not refuse codes until that day comes.
  const bool believed = factor.last_step <= core::totp_step(now) + core::kTotpWindow;
  if (!step || (believed && *step <= factor.last_step))
    return fail(ErrorCode::wrong_second_factor, "this code is wrong or was used before: wait for the next one");
  return *step;
}

Expected<std::optional<SecondFactors::Factor>> SecondFactors::find(storage::Reader& reader,
                                                                   const core::UserId& user) const {
  std::optional<core::Bytes> sealed;
  Factor factor;
  KITH_TRY(reader.query("SELECT sealed, last_step, confirmed_at FROM second_factors WHERE user_id = ?", {user.text()},
                        [&](const storage::Row& row) {
                          sealed = row.blob(0);
                          factor.last_step = row.integer(1);
                          factor.confirmed_at = row.optional_time(2);
                          return false;
                        }));
  if (!sealed) return std::nullopt;
  KITH_TRY_ASSIGN(opened, parts_.vault.open_sealed(kPurpose, user.text(), *sealed));
  auto key = core::TotpKey::from(opened);
  core::wipe(opened);
  if (!key) return fail(ErrorCode::internal, "a stored second factor has the wrong size");
  factor.key = *std::move(key);
  return factor;
}

Expected<void> SecondFactors::tell(storage::Transaction& transaction, const core::UserId& user,
                                   std::string_view change) const {
  KITH_TRY_ASSIGN(owner, UserStore::by_id(transaction, user));
  Mail mail{owner.email, MailKind::second_factor_changed, owner.language, {{"change", std::string(change)}}};
  if (!owner.first_name.empty()) mail.values.emplace("name", owner.first_name);
  return parts_.mailer.enqueue(transaction, mail);
}

}  // namespace kith::accounts
