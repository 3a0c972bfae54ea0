#include "federation/service/connections.hpp"

#include <sstream>

#include "federation/fingerprint.hpp"
#include "federation/service/handshake_store.hpp"
#include "federation/service/timeline_help.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using core::fail;

constexpr std::size_t kMaxPage = 500;
constexpr int kMaxSuccessors = 16;
constexpr std::size_t kMaxActive = 10'000;

ConnectionRecord record_of(const HandshakeRow& row, bool has_keys) {
  ConnectionRecord record{.id = row.id,
                          .wire_id = *row.wire_id,
                          .local_user = row.local_user.value_or(core::UserId{}),
                          .peer_user = row.peer_user.value_or(core::UserId{}),
                          .local_address = row.local,
                          .peer_address = row.peer,
                          .peer_instance_key = row.peer_key.value_or(InstanceKey{}),
                          .established_at = row.established_at.value_or(row.updated_at)};
  record.active = row.state == ConnectionState::established && row.local_user.has_value();
  record.ending = row.state == ConnectionState::revoked && has_keys;
  record.verified = row.verified;
  record.peer_polls = row.role == Role::responder && row.poll;
  record.own_epoch = row.own_epoch;
  record.peer_epoch = row.peer_epoch;
  return record;
}

Expected<bool> has_own_keys(storage::Reader& reader, const core::ConnectionId& id) {
  bool found = false;
  KITH_TRY(reader.query("SELECT 1 FROM connection_keys WHERE connection_id = ? AND side = 'own' LIMIT 1", {id.text()},
                        [&](const storage::Row&) {
                          found = true;
                          return false;
                        }));
  return found;
}

Expected<std::vector<ConnectionRecord>> records(storage::Reader& reader, const HandshakeStore& store,
                                                std::string_view where, storage::Values values) {
  KITH_TRY_ASSIGN(rows, store.select(reader, where, values));
  std::vector<ConnectionRecord> found;
  for (const auto& row : rows) {
    if (!row.wire_id) continue;
    KITH_TRY_ASSIGN(has_keys, has_own_keys(reader, row.id));
    found.push_back(record_of(row, has_keys));
  }
  return found;
}

std::optional<ConnectionRecord> first_of(std::vector<ConnectionRecord> found) {
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

TimelineEntry timeline_entry(const storage::Row& row) {
  TimelineEntry entry;
  entry.step = row.text(0);
  entry.since = row.time(1);
  entry.at = row.time(2);
  entry.done = row.boolean(3);
  entry.attempts = static_cast<int>(row.integer(4));
  entry.error_code = row.text(5);
  if (!entry.error_code.empty()) {
    const auto detail = row.text(6);
    entry.last_error = detail.empty() ? entry.error_code : entry.error_code + ": " + detail;
    entry.help = timeline_help(entry.error_code);
  }
  if (!entry.done) entry.next_try_at = row.optional_time(7);
  return entry;
}

// The tasks of the outbox are named like the steps they try; discovery is the beginning of two of them.
Expected<std::vector<TimelineEntry>> timeline_of(storage::Reader& reader, const core::ConnectionId& id) {
  std::vector<TimelineEntry> entries;
  KITH_TRY(
      reader.query("SELECT step, first_at, at, done, line.attempts, error_code, error_detail, due_at "
                   "FROM connection_timeline AS line LEFT JOIN outbox ON subject = connection_id AND "
                   "(kind = step OR (step = 'discovery' AND kind IN ('init', 'exchange'))) "
                   "WHERE connection_id = ? ORDER BY first_at, step",
                   {id.text()}, [&](const storage::Row& row) {
                     entries.push_back(timeline_entry(row));
                     return true;
                   }));
  return entries;
}

Expected<PeerInstance> peer_instance(storage::Reader& reader, const std::string& domain) {
  PeerInstance peer{.domain = domain, .name = {}, .last_seen = {}, .down_since = {}};
  KITH_TRY(reader.query("SELECT name, last_seen, down_since FROM instances WHERE domain = ?", {domain},
                        [&](const storage::Row& row) {
                          peer.name = row.text(0);
                          peer.last_seen = row.optional_time(1);
                          peer.down_since = row.optional_time(2);
                          return false;
                        }));
  return peer;
}

Expected<ConnectionView> view_of(storage::Reader& reader, const HandshakeRow& row) {
  ConnectionView view;
  view.id = row.id;
  view.state = row.state;
  view.outgoing = row.role == Role::initiator;
  view.local_user = row.local_user.value_or(core::UserId{});
  view.local_address = row.local.text();
  view.peer_address = row.peer.text();
  view.purpose = row.purpose;
  view.verified = row.verified && row.state == ConnectionState::established;
  std::istringstream words(row.words);
  for (std::string word; words >> word;) view.words.push_back(word);
  if (row.peer_key) view.fingerprint = Fingerprint::of(*row.peer_key).grouped();
  view.reason = row.reason;
  if (row.role == Role::responder) view.peer_delivery = row.poll ? "poll" : "push";
  view.created_at = row.created_at;
  view.updated_at = row.updated_at;
  if (row.unfinished()) view.expires_at = row.deadline;
  view.established_at = row.established_at;
  KITH_TRY_ASSIGN(timeline, timeline_of(reader, row.id));
  view.timeline = std::move(timeline);
  for (const auto& entry : view.timeline) {
    if (entry.step == "words" && entry.done) view.verified_at = entry.at;
  }
  KITH_TRY_ASSIGN(peer, peer_instance(reader, row.peer.domain().text()));
  view.peer_instance = std::move(peer);
  return view;
}

}  // namespace

Connections::Connections(storage::Database& database, const storage::KeyVault& vault, const core::Clock& clock)
    : database_(database), vault_(vault), clock_(clock) {}

Expected<std::optional<ConnectionRecord>> Connections::find(const core::ConnectionId& id) {
  const HandshakeStore store(vault_, clock_);
  return database_.read_for<std::optional<ConnectionRecord>>(
      [&](storage::Reader& reader) -> Expected<std::optional<ConnectionRecord>> {
        const storage::Value values[] = {id.text()};
        return records(reader, store, "id = ?", values).map(first_of);
      });
}

Expected<std::optional<ConnectionRecord>> Connections::find_by_wire_id(const WireConnectionId& id) {
  const HandshakeStore store(vault_, clock_);
  return database_.read_for<std::optional<ConnectionRecord>>(
      [&](storage::Reader& reader) -> Expected<std::optional<ConnectionRecord>> {
        const storage::Value values[] = {id.view()};
        return records(reader, store, "wire_id = ?", values).map(first_of);
      });
}

Expected<std::optional<ConnectionRecord>> Connections::find_active(const core::UserId& local_user,
                                                                   const Address& peer) {
  const HandshakeStore store(vault_, clock_);
  const auto peer_text = peer.text();
  return database_.read_for<std::optional<ConnectionRecord>>(
      [&](storage::Reader& reader) -> Expected<std::optional<ConnectionRecord>> {
        const storage::Value values[] = {local_user.text(), peer_text};
        return records(reader, store, "local_user = ? AND peer_address = ? AND state = 'established'", values)
            .map(first_of);
      });
}

Expected<std::vector<ConnectionRecord>> Connections::active_of(const core::UserId& local_user) {
  const HandshakeStore store(vault_, clock_);
  return database_.read_for<std::vector<ConnectionRecord>>([&](storage::Reader& reader) {
    const storage::Value values[] = {local_user.text(), static_cast<std::int64_t>(kMaxActive)};
    return records(reader, store, "local_user = ? AND state = 'established' ORDER BY id LIMIT ?", values);
  });
}

Expected<OwnKeys> Connections::own_keys(const core::ConnectionId& id, std::uint64_t epoch) {
  const HandshakeStore store(vault_, clock_);
  return database_.read_for<OwnKeys>([&](storage::Reader& reader) { return store.own_keys(reader, id, epoch); });
}

Expected<PeerKeys> Connections::peer_keys(const core::ConnectionId& id, std::uint64_t epoch) {
  const HandshakeStore store(vault_, clock_);
  return database_.read_for<PeerKeys>([&](storage::Reader& reader) { return store.peer_keys(reader, id, epoch); });
}

Expected<void> Connections::own_epoch_used(const core::ConnectionId& id, std::uint64_t epoch) {
  const HandshakeStore store(vault_, clock_);
  bool news = false;
  KITH_TRY(database_.read([&](storage::Reader& reader) {
    return reader.query("SELECT 1 FROM connection_keys WHERE connection_id = ? AND side = 'own' AND epoch < ? LIMIT 1",
                        {id.text(), epoch}, [&](const storage::Row&) {
                          news = true;
                          return false;
                        });
  }));
  if (!news) return {};
  const auto work = [&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(row, store.find(transaction, id));
    KITH_TRY_ASSIGN(keys, store.own_keys(transaction, id, epoch));
    if (!row || keys.epoch != epoch) return {};
    // The peer has the new keys, whatever became of the answer to …/rotate.
    if (row->own_epoch < epoch) {
      row->own_epoch = epoch;
      KITH_TRY(store.drop_step(transaction, id, "rotate"));
      KITH_TRY(store.note(transaction, id, "rotate", true));
      KITH_TRY(store.save(transaction, *row));
    }
    return store.drop_keys_before(transaction, id, "own", epoch);
  };
  return database_.write(work);
}

Expected<void> Connections::peer_epoch_used(const core::ConnectionId& id, std::uint64_t epoch) {
  const HandshakeStore store(vault_, clock_);
  bool news = false;
  KITH_TRY(database_.read([&](storage::Reader& reader) {
    return reader.query("SELECT 1 FROM connection_keys WHERE connection_id = ? AND side = 'peer' AND epoch < ? LIMIT 1",
                        {id.text(), epoch}, [&](const storage::Row&) {
                          news = true;
                          return false;
                        });
  }));
  if (!news) return {};
  const auto work = [&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(keys, store.peer_keys(transaction, id, epoch));
    return store.drop_keys_before(transaction, id, "peer", keys.epoch);
  };
  return database_.write(work);
}

Expected<ConnectionView> Connections::view(const std::optional<core::UserId>& user, const core::ConnectionId& id) {
  const HandshakeStore store(vault_, clock_);
  return database_.read_for<ConnectionView>([&](storage::Reader& reader) -> Expected<ConnectionView> {
    auto found = id;
    for (int steps = 0; steps < kMaxSuccessors; ++steps) {
      KITH_TRY_ASSIGN(row, store.find(reader, found));
      const bool theirs = row && row->local_user && (!user || row->local_user == user);
      if (!theirs || (row->hidden && !row->successor)) break;
      if (!row->successor) return view_of(reader, *row);
      found = *row->successor;
    }
    return fail(ErrorCode::not_found, "no such connection");
  });
}

Expected<ConnectionPage> Connections::list(const std::optional<core::UserId>& user,
                                           const std::optional<std::string>& cursor, std::size_t limit) {
  if (limit < 1 || limit > kMaxPage) return fail(ErrorCode::bad_request, "limit must be between 1 and 500");
  if (cursor && !core::is_ulid(*cursor)) return fail(ErrorCode::bad_request, "cursor is not one this list gave");
  const HandshakeStore store(vault_, clock_);
  return database_.read_for<ConnectionPage>([&](storage::Reader& reader) -> Expected<ConnectionPage> {
    const auto before = cursor.value_or("~");  // behind every ULID
    const auto whose = user ? user->text() : std::string();
    const storage::Value values[] = {before, whose, whose, static_cast<std::int64_t>(limit + 1)};
    KITH_TRY_ASSIGN(rows,
                    store.select(reader,
                                 "hidden = 0 AND local_user IS NOT NULL AND id < ? AND (? = '' OR local_user = ?) "
                                 "ORDER BY id DESC LIMIT ?",
                                 values));
    ConnectionPage page;
    for (const auto& row : rows) {
      if (page.items.size() == limit) {
        page.next = page.items.back().id.text();
        break;
      }
      KITH_TRY_ASSIGN(view, view_of(reader, row));
      page.items.push_back(std::move(view));
    }
    return page;
  });
}

}  // namespace kith::federation
