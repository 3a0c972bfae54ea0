#include "accounts/recovery_codes.hpp"

#include "core/crypto/hmac.hpp"
#include "core/encoding.hpp"

namespace kith::accounts {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
static_assert(kAlphabet.size() == 32);
// Keeps these MACs apart from the codes of the app, which are made with the same key.
constexpr std::string_view kLabel = "kith recovery code 1";
constexpr std::size_t kMaxTyped = 64;

core::Mac code_hash(const core::UserId& user, const core::TotpKey& key, std::string_view code) {
  return core::hmac_sha256(key.view(), core::as_bytes(std::string(kLabel).append(user.text()).append(code)));
}

// The digit that a letter was written for.
char meant(char c) {
  if (c == 'o') return '0';
  if (c == 'i' || c == 'l') return '1';
  return c;
}

}  // namespace

std::string make_recovery_code(core::Random& random) {
  std::string code;
  for (const auto byte : random.bytes<kRecoveryCodeCharacters>()) {
    if (code.size() == kRecoveryCodeCharacters / 2) code += '-';
    code += kAlphabet[byte & 31U];
  }
  return code;
}

std::optional<std::string> read_recovery_code(std::string_view text) {
  if (text.size() > kMaxTyped) return std::nullopt;
  std::string code;
  for (const char c : core::to_lower_ascii(text)) {
    if (c == ' ' || c == '-') continue;
    const char known = meant(c);
    if (kAlphabet.find(known) == std::string_view::npos) return std::nullopt;
    code += known;
  }
  if (code.size() != kRecoveryCodeCharacters) return std::nullopt;
  return code;
}

Expected<std::vector<std::string>> replace_recovery_codes(storage::Transaction& transaction, const core::UserId& user,
                                                          const core::TotpKey& key, core::Random& random) {
  KITH_TRY(erase_recovery_codes(transaction, user));
  std::vector<std::string> codes;
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
    codes.push_back(make_recovery_code(random));
    const auto hash = code_hash(user, key, *read_recovery_code(codes.back()));
    KITH_TRY(transaction.execute("INSERT INTO recovery_codes (user_id, code_hash) VALUES (?, ?)",
                                 {user.text(), hash.view()}));
  }
  return codes;
}

Expected<bool> use_recovery_code(storage::Transaction& transaction, const core::UserId& user, const core::TotpKey& key,
                                 std::string_view text) {
  const auto code = read_recovery_code(text);
  if (!code) return false;
  KITH_TRY_ASSIGN(used, transaction.execute("DELETE FROM recovery_codes WHERE user_id = ? AND code_hash = ?",
                                            {user.text(), code_hash(user, key, *code).view()}));
  return used > 0;
}

Expected<std::size_t> count_recovery_codes(storage::Reader& reader, const core::UserId& user) {
  std::size_t count = 0;
  KITH_TRY(reader.query("SELECT count(*) FROM recovery_codes WHERE user_id = ?", {user.text()},
                        [&](const storage::Row& row) {
                          count = static_cast<std::size_t>(row.integer(0));
                          return false;
                        }));
  return count;
}

Expected<void> erase_recovery_codes(storage::Transaction& transaction, const core::UserId& user) {
  KITH_TRY(transaction.execute("DELETE FROM recovery_codes WHERE user_id = ?", {user.text()}));
  return {};
}

}  // namespace kith::accounts
