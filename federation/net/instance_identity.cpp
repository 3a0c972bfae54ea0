#include "federation/net/instance_identity.hpp"

#include "core/encoding.hpp"
#include "federation/fingerprint.hpp"
#include "federation/protocol_constants.hpp"
#include "federation/wire/discovery.hpp"

namespace kith::federation {

using core::ErrorCode;

namespace {

constexpr std::string_view kKeyPurpose = "instance key";
constexpr std::string_view kDomainSetting = "instance.domain";

struct StoredKey {
  std::uint64_t number = 0;
  core::SigningKey key;
};

Expected<std::optional<std::string>> bound_domain(storage::Reader& reader) {
  std::optional<std::string> found;
  KITH_TRY(reader.query("SELECT value FROM instance_settings WHERE name = ?", {kDomainSetting},
                        [&](const storage::Row& row) {
                          found = std::string(core::as_text(row.blob(0)));
                          return false;
                        }));
  return found;
}

Expected<void> bind_domain(storage::Transaction& transaction, const std::string& domain) {
  KITH_TRY(
      transaction.execute("INSERT INTO instance_settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET "
                          "value = excluded.value",
                          {kDomainSetting, core::as_bytes(domain)}));
  return {};
}

Expected<std::optional<StoredKey>> load_key(storage::Reader& reader, const storage::KeyVault& vault) {
  std::optional<std::uint64_t> number;
  core::Bytes sealed;
  core::Bytes public_key;
  KITH_TRY(
      reader.query("SELECT number, sealed_seed, public_key FROM own_instance_key", {}, [&](const storage::Row& row) {
        number = static_cast<std::uint64_t>(row.integer(0));
        sealed = row.blob(1);
        public_key = row.blob(2);
        return false;
      }));
  if (!number) return std::optional<StoredKey>();
  KITH_TRY_ASSIGN(opened, vault.open_sealed(kKeyPurpose, std::to_string(*number), sealed));
  auto seed = core::SigningSeed::from(opened);
  core::wipe(opened);
  if (!seed) return core::fail(ErrorCode::internal, "the stored instance key has the wrong length");
  StoredKey stored{*number, core::SigningKey(std::move(*seed))};
  if (core::to_bytes(stored.key.public_key().view()) != public_key) {
    return core::fail(ErrorCode::internal, "the stored instance key does not belong to its public half");
  }
  return std::optional(std::move(stored));
}

Expected<void> save_key(storage::Transaction& transaction, const storage::KeyVault& vault, const StoredKey& stored,
                        core::Timestamp now) {
  const auto sealed = vault.seal(kKeyPurpose, std::to_string(stored.number), stored.key.seed().view());
  KITH_TRY(transaction.execute(
      "INSERT INTO own_instance_key (only_row, number, public_key, sealed_seed, created_at) VALUES (1, ?, ?, ?, ?) "
      "ON CONFLICT (only_row) DO UPDATE SET number = excluded.number, public_key = excluded.public_key, "
      "sealed_seed = excluded.sealed_seed, created_at = excluded.created_at",
      {stored.number, stored.key.public_key().view(), sealed, now}));
  return {};
}

Expected<std::vector<KeyStatement>> load_statements(storage::Reader& reader) {
  std::vector<KeyStatement> statements;
  bool sound = true;
  KITH_TRY(reader.query(
      "SELECT domain, number, old_key, new_key, made_at, old_signature, new_signature FROM own_key_statements "
      "ORDER BY number",
      {}, [&](const storage::Row& row) {
        auto domain = Domain::parse(row.text(0));
        const auto old_key = InstanceKey::from(row.blob(2));
        const auto new_key = InstanceKey::from(row.blob(3));
        const auto old_signature = core::Signature::from(row.blob(5));
        const auto new_signature = core::Signature::from(row.blob(6));
        sound = domain && old_key && new_key && old_signature && new_signature;
        if (!sound) return false;
        statements.push_back({std::move(*domain), static_cast<std::uint64_t>(row.integer(1)), *old_key, *new_key,
                              row.time(4), *old_signature, *new_signature});
        return true;
      }));
  if (!sound) return core::fail(ErrorCode::internal, "a stored key statement is damaged");
  return statements;
}

Expected<void> save_statement(storage::Transaction& transaction, const KeyStatement& statement) {
  KITH_TRY(transaction.execute(
      "INSERT INTO own_key_statements (domain, number, old_key, new_key, made_at, old_signature, new_signature) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {statement.domain.text(), statement.number, statement.old_key.view(), statement.new_key.view(),
       statement.timestamp, statement.old_signature.view(), statement.new_signature.view()}));
  return {};
}

// The domain was `bound`, the configuration now says `wanted`. Statements name the old domain: without anybody who
// knows it they are of no use to the new one, and the key counts from 0 again.
Expected<void> change_domain(storage::Transaction& transaction, const storage::KeyVault& vault, StoredKey& key,
                             const std::string& bound, const std::string& wanted, core::Timestamp now,
                             const std::function<Expected<bool>(storage::Reader&)>& domain_in_use) {
  KITH_TRY_ASSIGN(in_use, domain_in_use(transaction));
  if (in_use) {
    return core::fail(ErrorCode::conflict,
                      "instance.domain is " + wanted + ", but people elsewhere know this instance as " + bound +
                          ": set it back to " + bound + ", or revoke every connection before changing it");
  }
  KITH_TRY(transaction.execute("DELETE FROM own_key_statements"));
  key.number = 0;
  KITH_TRY(save_key(transaction, vault, key, now));
  return bind_domain(transaction, wanted);
}

struct StoredIdentity {
  StoredKey key;
  std::vector<KeyStatement> statements;
};

Expected<StoredIdentity> load_or_make(storage::Transaction& transaction, const storage::KeyVault& vault,
                                      core::Timestamp now, core::Random& random, const std::string& domain,
                                      const std::function<Expected<bool>(storage::Reader&)>& domain_in_use) {
  KITH_TRY_ASSIGN(key, load_key(transaction, vault));
  KITH_TRY_ASSIGN(bound, bound_domain(transaction));
  if (!key) {
    key = StoredKey{0, core::SigningKey::generate(random)};
    KITH_TRY(save_key(transaction, vault, *key, now));
  }
  if (!bound) {
    KITH_TRY(bind_domain(transaction, domain));
  } else if (*bound != domain) {
    KITH_TRY(change_domain(transaction, vault, *key, *bound, domain, now, domain_in_use));
  }
  KITH_TRY_ASSIGN(statements, load_statements(transaction));
  return StoredIdentity{std::move(*key), std::move(statements)};
}

Expected<void> check_name(const std::string& name) {
  if (!core::is_valid_utf8(name) || core::count_code_points(name) > kMaxInstanceNameCodePoints) {
    return core::fail(ErrorCode::bad_request, "instance.name must be at most " +
                                                  std::to_string(kMaxInstanceNameCodePoints) + " characters of UTF-8");
  }
  return {};
}

}  // namespace

InstanceIdentity::InstanceIdentity(OwnInstance own, Domain domain, core::SigningKey key,
                                   std::vector<KeyStatement> statements)
    : own_(std::move(own)),
      domain_(std::move(domain)),
      key_(std::move(key)),
      statements_(std::move(statements)),
      fingerprint_(Fingerprint::of(key_.public_key()).grouped()),
      name_(own_.name),
      document_(document_with(own_.name)) {}

Expected<std::unique_ptr<InstanceIdentity>> InstanceIdentity::open(
    storage::Database& database, const storage::KeyVault& vault, const core::Clock& clock, core::Random& random,
    OwnInstance own, const std::function<Expected<bool>(storage::Reader&)>& domain_in_use) {
  auto domain = Domain::parse(own.domain);
  if (!domain) return core::fail(ErrorCode::bad_request, "instance.domain: " + domain.error().detail);
  KITH_TRY(check_name(own.name));
  KITH_TRY_ASSIGN(stored, database.write_for<StoredIdentity>([&](storage::Transaction& transaction) {
    return load_or_make(transaction, vault, clock.now(), random, own.domain, domain_in_use);
  }));
  return std::unique_ptr<InstanceIdentity>(new InstanceIdentity(
      std::move(own), std::move(*domain), std::move(stored.key.key), std::move(stored.statements)));
}

std::string InstanceIdentity::document_with(const std::string& name) const {
  return wire::DiscoveryDocument{domain_, key_.public_key(), name, own_.software, statements_}.serialise();
}

std::string InstanceIdentity::name() const {
  const std::lock_guard lock(mutex_);
  return name_;
}

std::string InstanceIdentity::discovery_document() const {
  const std::lock_guard lock(mutex_);
  return document_;
}

Expected<void> InstanceIdentity::rename(const std::string& name) {
  KITH_TRY(check_name(name));
  auto document = document_with(name);
  const std::lock_guard lock(mutex_);
  name_ = name;
  document_ = std::move(document);
  return {};
}

Expected<void> replace_instance_key(storage::Database& database, const storage::KeyVault& vault,
                                    const core::Clock& clock, core::Random& random) {
  return database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(old_key, load_key(transaction, vault));
    KITH_TRY_ASSIGN(bound, bound_domain(transaction));
    if (!old_key || !bound) return core::fail(ErrorCode::wrong_state, "this instance has no key yet: start it once");
    if (old_key->number >= kMaxKeyStatements) {
      return core::fail(ErrorCode::conflict, "the instance key was changed " + std::to_string(kMaxKeyStatements) +
                                                 " times, which is as often as peers can follow");
    }
    KITH_TRY_ASSIGN(domain, Domain::parse(*bound));
    const StoredKey fresh{old_key->number + 1, core::SigningKey::generate(random)};
    const auto statement = make_key_statement(domain, fresh.number, old_key->key, fresh.key, clock.now());
    KITH_TRY(save_statement(transaction, statement));
    return save_key(transaction, vault, fresh, clock.now());
  });
}

}  // namespace kith::federation
