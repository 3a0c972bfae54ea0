#include "storage/key_vault.hpp"

#include "core/crypto/aead.hpp"
#include "core/length_prefixed.hpp"

namespace kith::storage {

namespace {

// What the mark in the database holds, sealed: whoever opens it has the right key.
constexpr const char* kMarkSetting = "vault.check";
constexpr std::string_view kMarkPurpose = "vault";
constexpr std::string_view kMarkId = "check";
constexpr std::string_view kMarkText = "kith vault 1";

core::LengthPrefixed associated_data(std::string_view purpose, std::string_view id) {
  core::LengthPrefixed data;
  data.add(purpose).add(id);
  return data;
}

Expected<void> check_or_leave_mark(Transaction& transaction, const KeyVault& vault) {
  std::optional<core::Bytes> mark;
  KITH_TRY(transaction.query("SELECT value FROM instance_settings WHERE name = ?", {kMarkSetting}, [&](const Row& row) {
    mark = row.blob(0);
    return false;
  }));
  if (!mark) {
    const auto sealed = vault.seal(kMarkPurpose, kMarkId, core::as_bytes(kMarkText));
    KITH_TRY(transaction.execute("INSERT INTO instance_settings (name, value) VALUES (?, ?)", {kMarkSetting, sealed}));
    return {};
  }
  const auto opened = vault.open_sealed(kMarkPurpose, kMarkId, *mark);
  if (opened && core::as_text(*opened) == kMarkText) return {};
  return core::fail(core::ErrorCode::internal,
                    "the master key is not the one this database was made with: restore the right master.key (or the "
                    "systemd credential kith-master-key) from your backup");
}

}  // namespace

Expected<std::unique_ptr<KeyVault>> KeyVault::open(Database& database, MasterKey key, core::Random& random,
                                                   core::Alerts* alerts) {
  std::unique_ptr<KeyVault> vault(new KeyVault(std::move(key), random));
  KITH_TRY(database.write([&](Transaction& transaction) { return check_or_leave_mark(transaction, *vault); }));
  vault->alerts_ = alerts;  // of the mark, the caller tells
  return vault;
}

KeyVault::KeyVault(MasterKey key, core::Random& random) : key_(std::move(key)), random_(random) {}

core::Bytes KeyVault::seal(std::string_view purpose, std::string_view id, core::ByteView secret) const {
  const core::Secret<32> key(std::span<const std::uint8_t, 32>(key_.view()));
  return core::xchacha_seal(key, associated_data(purpose, id).view(), secret, random_);
}

Expected<core::Bytes> KeyVault::open_sealed(std::string_view purpose, std::string_view id,
                                            core::ByteView sealed) const {
  const core::Secret<32> key(std::span<const std::uint8_t, 32>(key_.view()));
  auto opened = core::xchacha_open(key, associated_data(purpose, id).view(), sealed);
  if (opened) return opened;
  auto problem = "the sealed " + std::string(purpose) + " of " + std::string(id) +
                 " does not open: it is damaged or belongs elsewhere";
  if (alerts_ != nullptr) alerts_->raise(core::alert_kinds::kMasterKey, purpose, problem);
  return core::fail(core::ErrorCode::internal, std::move(problem));
}

}  // namespace kith::storage
