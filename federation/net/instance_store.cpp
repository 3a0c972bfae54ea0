#include "federation/net/instance_store.hpp"

#include "federation/net/limits.hpp"

namespace kith::federation {

using core::ErrorCode;

namespace {

constexpr std::string_view kPinNames[] = {"none", "provisional", "web_authority", "admin"};
constexpr std::string_view kSchemeNames[] = {"unknown", "https", "http"};

#define KITH_INSTANCE_COLUMNS                                                                                        \
  "domain, pin, instance_key, key_number, offered_key, name, software, scheme, https_only, blocked, in_use, alert, " \
  "alert_at, first_seen, last_seen, down_since, last_error"

template <class T, std::size_t N>
T from_name(const std::string_view (&names)[N], std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<T>(i);
  }
  return T{};  // the table's CHECK lets no other name in
}

std::optional<core::VerifyKey> key_of(const storage::Row& row, int column) {
  const auto bytes = row.optional_blob(column);
  return bytes ? core::VerifyKey::from(*bytes) : std::nullopt;
}

std::optional<core::ByteView> view_of(const std::optional<core::VerifyKey>& key) {
  return key ? std::optional(key->view()) : std::nullopt;
}

KnownInstance read_row(const storage::Row& row) {
  KnownInstance found;
  found.domain = row.text(0);
  found.pin = from_name<PinKind>(kPinNames, row.text(1));
  found.key = key_of(row, 2);
  found.key_number = static_cast<std::uint64_t>(row.integer(3));
  found.offered_key = key_of(row, 4);
  found.name = row.text(5);
  found.software = row.text(6);
  found.scheme = from_name<PeerScheme>(kSchemeNames, row.text(7));
  found.https_only = row.boolean(8);
  found.blocked = row.boolean(9);
  found.in_use = row.boolean(10);
  found.alert = row.optional_text(11);
  found.alert_at = row.optional_time(12);
  found.first_seen = row.time(13);
  found.last_seen = row.optional_time(14);
  found.down_since = row.optional_time(15);
  found.last_error = row.optional_text(16);
  return found;
}

// Makes room for one more row: strangers beyond the limit go, those seen longest ago first.
Expected<void> sweep_strangers(storage::Transaction& transaction) {
  constexpr std::string_view kStrangers = "pin IN ('none', 'provisional') AND blocked = 0 AND in_use = 0";
  const std::string sql = "DELETE FROM instances WHERE domain IN (SELECT domain FROM instances WHERE " +
                          std::string(kStrangers) + " ORDER BY coalesce(last_seen, first_seen) DESC LIMIT -1 OFFSET ?)";
  KITH_TRY(transaction.execute(sql, {static_cast<std::int64_t>(net_limits::kStrangers - 1)}));
  return {};
}

}  // namespace

std::string_view pin_kind_name(PinKind kind) {
  return kPinNames[static_cast<std::size_t>(kind)];
}

namespace instance_store {

Expected<std::optional<KnownInstance>> find(storage::Reader& reader, std::string_view domain) {
  std::optional<KnownInstance> found;
  KITH_TRY(reader.query("SELECT " KITH_INSTANCE_COLUMNS " FROM instances WHERE domain = ?", {domain},
                        [&](const storage::Row& row) {
                          found = read_row(row);
                          return false;
                        }));
  return found;
}

Expected<std::vector<KnownInstance>> list(storage::Reader& reader, std::string_view after, int limit) {
  std::vector<KnownInstance> found;
  KITH_TRY(reader.query("SELECT " KITH_INSTANCE_COLUMNS " FROM instances WHERE domain > ? ORDER BY domain LIMIT ?",
                        {after, limit}, [&](const storage::Row& row) {
                          found.push_back(read_row(row));
                          return true;
                        }));
  return found;
}

Expected<KnownInstance> find_or_new(storage::Transaction& transaction, std::string_view domain, core::Timestamp now) {
  KITH_TRY_ASSIGN(found, find(transaction, domain));
  if (found) return std::move(*found);
  KnownInstance fresh;
  fresh.domain = domain;
  fresh.first_seen = now;
  return fresh;
}

Expected<void> save(storage::Transaction& transaction, const KnownInstance& instance) {
  KITH_TRY_ASSIGN(existing, find(transaction, instance.domain));
  if (!existing) KITH_TRY(sweep_strangers(transaction));
  KITH_TRY(transaction.execute(
      "INSERT INTO instances (" KITH_INSTANCE_COLUMNS
      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (domain) DO UPDATE SET "
      "pin = excluded.pin, instance_key = excluded.instance_key, key_number = excluded.key_number, "
      "offered_key = excluded.offered_key, name = excluded.name, software = excluded.software, "
      "scheme = excluded.scheme, https_only = excluded.https_only, blocked = excluded.blocked, "
      "in_use = excluded.in_use, alert = excluded.alert, alert_at = excluded.alert_at, "
      "last_seen = excluded.last_seen, down_since = excluded.down_since, last_error = excluded.last_error",
      {instance.domain, pin_kind_name(instance.pin), view_of(instance.key), instance.key_number,
       view_of(instance.offered_key), instance.name, instance.software,
       kSchemeNames[static_cast<std::size_t>(instance.scheme)], instance.https_only, instance.blocked, instance.in_use,
       instance.alert, instance.alert_at, instance.first_seen, instance.last_seen, instance.down_since,
       instance.last_error}));
  return {};
}

}  // namespace instance_store
}  // namespace kith::federation
