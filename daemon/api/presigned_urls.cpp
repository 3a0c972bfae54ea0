#include "daemon/api/presigned_urls.hpp"

#include <algorithm>

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::string_view kPurpose = "presigned url key";

core::Unexpected not_good() {
  return fail(ErrorCode::forbidden, "This address is not good, or not any more: ask for a fresh one.");
}

}  // namespace

Expected<std::string> PresignedUrls::sign(const Presigned& what) {
  if (what.expires_at > clock_.now() + kLongestPresigned) {
    return fail(ErrorCode::internal, "a presigned address would outlive its key");
  }
  KITH_TRY(rotate_if_due());
  std::lock_guard lock(mutex_);
  const auto& current = keys_.back();
  return presigned_target({what, current.id, presigned_mac(current.key, current.id, what)});
}

Expected<Presigned> PresignedUrls::verify(PresignedUse use, std::string_view target) {
  const auto claim = parse_presigned(use, target);
  if (!claim) return not_good();
  const auto now = clock_.now();
  std::lock_guard lock(mutex_);
  KITH_TRY(load());
  const auto* key = find(claim->key);
  if (key == nullptr || (key->verify_until && *key->verify_until <= now)) return not_good();
  if (!core::mac_equal(presigned_mac(key->key, key->id, claim->what), claim->signature)) return not_good();
  if (claim->what.expires_at <= now) return not_good();
  return claim->what;
}

Expected<void> PresignedUrls::rotate_if_due() {
  std::lock_guard lock(mutex_);
  KITH_TRY(load());
  if (current_is_good()) return {};
  Key fresh{PresignedKeyId::make(clock_, random_), PresignedKey(), clock_.now(), std::nullopt};
  random_.fill(fresh.key.writable());
  KITH_TRY(store_fresh(fresh));
  const auto now = clock_.now();
  std::erase_if(keys_, [&](const Key& key) { return key.verify_until && *key.verify_until <= now; });
  if (!keys_.empty() && !keys_.back().verify_until) keys_.back().verify_until = now + kLongestPresigned;
  keys_.push_back(std::move(fresh));
  return {};
}

// One from far in the future was made while the clock was wrong: it must not sign until that day comes.
bool PresignedUrls::current_is_good() const {
  if (keys_.empty() || keys_.back().verify_until) return false;
  const auto age = clock_.now() - keys_.back().created_at;
  return age < kPresignedKeyLife && age > -kPresignedKeyLife;
}

Expected<void> PresignedUrls::store_fresh(const Key& fresh) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    const auto now = clock_.now();
    KITH_TRY(transaction.execute("DELETE FROM presigned_keys WHERE verify_until <= ?", {now}));
    KITH_TRY(transaction.execute("UPDATE presigned_keys SET retired_at = ?, verify_until = ? WHERE retired_at IS NULL",
                                 {now, now + kLongestPresigned}));
    KITH_TRY(transaction.execute(
        "INSERT INTO presigned_keys (id, sealed, created_at) VALUES (?, ?, ?)",
        {fresh.id.text(), vault_.seal(kPurpose, fresh.id.text(), fresh.key.view()), fresh.created_at}));
    return {};
  });
}

Expected<void> PresignedUrls::load() {
  if (loaded_) return {};
  std::vector<Key> found;
  Expected<void> opened;
  KITH_TRY(database_.read([&](storage::Reader& reader) -> Expected<void> {
    return reader.query(
        "SELECT id, sealed, created_at, verify_until FROM presigned_keys ORDER BY verify_until IS NULL, verify_until",
        {}, [&](const storage::Row& row) {
          const auto id = PresignedKeyId::parse(row.text(0));
          auto plain = vault_.open_sealed(kPurpose, row.text(0), row.blob(1));
          if (!plain) opened = tl::make_unexpected(plain.error());
          if (!plain || !id) return plain.has_value();
          auto key = PresignedKey::from(*plain);
          core::wipe(*plain);
          if (key) found.push_back(Key{*id, std::move(*key), row.time(2), row.optional_time(3)});
          return true;
        });
  }));
  KITH_TRY(std::move(opened));
  keys_ = std::move(found);
  loaded_ = true;
  return {};
}

PresignedUrls::Key* PresignedUrls::find(const PresignedKeyId& id) {
  const auto found = std::ranges::find(keys_, id, &Key::id);
  return found == keys_.end() ? nullptr : &*found;
}

}  // namespace kith::daemon
