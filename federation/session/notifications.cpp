#include "federation/session/notifications.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/id.hpp"
#include "core/json.hpp"
#include "federation/protocol_constants.hpp"
#include "federation/session/session_limits.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;

// How long an event_id is remembered, and how many of a connection.
constexpr std::chrono::hours kRememberEvents{15 * 24};
constexpr std::int64_t kMaxRemembered = 10'000;

Expected<std::string> required_ulid(const core::Json& json, std::string_view field) {
  KITH_TRY_ASSIGN(text, core::required_text(json, field, 26));
  if (!core::is_ulid(text)) return core::fail(ErrorCode::bad_request, std::string(field) + " must be a ULID");
  return text;
}

}  // namespace

std::string_view notice_kind_name(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::shared:
      return "shared";
    case NoticeKind::changed:
      return "changed";
    case NoticeKind::withdrawn:
      return "withdrawn";
  }
  return "changed";
}

std::string render_notification(const Notification& notification) {
  return core::to_json_text({{"event_id", notification.event_id},
                             {"kind", notification.kind},
                             {"asset_ids", notification.asset_ids},
                             {"timestamp", core::format_timestamp(notification.timestamp)}});
}

Expected<Notification> parse_notification(std::string_view body) {
  KITH_TRY_ASSIGN(json, core::parse_json_object(body, {.max_bytes = kMaxBodyBytes}));
  Notification notification;
  KITH_TRY_ASSIGN(event_id, required_ulid(json, "event_id"));
  notification.event_id = std::move(event_id);
  KITH_TRY_ASSIGN(kind, core::required_text(json, "kind", 64));
  notification.kind = std::move(kind);
  KITH_TRY_ASSIGN(asset_ids, core::required_text_list(json, "asset_ids", kMaxNotifiedAssets, 64));
  notification.asset_ids = std::move(asset_ids);
  KITH_TRY_ASSIGN(timestamp, core::required_timestamp(json, "timestamp"));
  notification.timestamp = timestamp;
  return notification;
}

NotificationInbox::NotificationInbox(storage::Database& database, const core::Clock& clock, ToldAssets& told,
                                     std::function<void(const ConnectionRecord&)> read_again,
                                     std::function<void(const ConnectionRecord&)> forgotten)
    : database_(database),
      clock_(clock),
      told_(told),
      read_again_(std::move(read_again)),
      forgotten_(std::move(forgotten)) {}

Expected<void> NotificationInbox::take(const ConnectionRecord& connection, const Notification& notification) {
  KITH_TRY_ASSIGN(fresh, is_new(connection, notification.event_id));
  if (!fresh) return {};
  const auto is = [&](NoticeKind kind) { return notification.kind == notice_kind_name(kind); };
  if (is(NoticeKind::withdrawn)) {
    KITH_TRY(told_.forget(connection.id, notification.asset_ids));
    if (forgotten_) forgotten_(connection);
  }
  if (read_again_ && (is(NoticeKind::shared) || is(NoticeKind::changed))) read_again_(connection);
  return {};
}

Expected<bool> NotificationInbox::is_new(const ConnectionRecord& connection, const std::string& event_id) {
  return database_.write_for<bool>([&](storage::Transaction& transaction) -> Expected<bool> {
    const std::string& id = connection.id.text();
    const core::Timestamp now = clock_.now();
    KITH_TRY_ASSIGN(added, transaction.execute("INSERT INTO peer_events (connection_id, event_id, taken_at) "
                                               "VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                                               {id, event_id, now}));
    KITH_TRY(transaction.execute("DELETE FROM peer_events WHERE connection_id = ? AND taken_at < ?",
                                 {id, now - kRememberEvents}));
    KITH_TRY(
        transaction.execute("DELETE FROM peer_events WHERE connection_id = ? AND event_id IN (SELECT event_id FROM "
                            "peer_events WHERE connection_id = ? ORDER BY taken_at DESC LIMIT -1 OFFSET ?)",
                            {id, id, kMaxRemembered}));
    return added == 1;
  });
}

struct ShareNotices::Waiting {
  std::string event_id;
  std::string body;
};

ShareNotices::ShareNotices(Parts parts) : parts_(std::move(parts)) {
  parts_.outbox.handle(std::string(kTask), [this](const OutboxTask& task) { return deliver(task); });
}

Expected<void> ShareNotices::tell(const core::UserId& owner, const core::UserId& viewer, NoticeKind kind,
                                  std::span<const core::AssetId> assets) {
  KITH_TRY_ASSIGN(active, parts_.connections.active_of(owner));
  const auto found = std::ranges::find(active, viewer, &ConnectionRecord::peer_user);
  if (found == active.end() || found->peer_polls || assets.empty()) return {};
  const std::string& connection = found->id.text();
  const auto keep = [&](storage::Transaction& transaction) -> Expected<void> {
    for (auto rest = assets; !rest.empty();) {
      const auto some = rest.first(std::min(rest.size(), kMaxNotifiedAssets));
      rest = rest.subspan(some.size());
      Notification notice{
          core::make_ulid(parts_.clock, parts_.random), std::string(notice_kind_name(kind)), {}, parts_.clock.now()};
      std::ranges::transform(some, std::back_inserter(notice.asset_ids), &core::AssetId::text);
      KITH_TRY(transaction.execute("INSERT INTO share_notices (connection_id, event_id, body) VALUES (?, ?, ?)",
                                   {connection, notice.event_id, render_notification(notice)}));
    }
    KITH_TRY(
        transaction.execute("DELETE FROM share_notices WHERE connection_id = ? AND id IN (SELECT id FROM "
                            "share_notices WHERE connection_id = ? ORDER BY id DESC LIMIT -1 OFFSET ?)",
                            {connection, connection, kMaxWaiting}));
    return parts_.outbox.add(transaction, kTask, connection);
  };
  KITH_TRY(parts_.database.write(keep));
  parts_.outbox.wake();
  return {};
}

// One event a run, the oldest first: other tasks get their turn in between.
OutboxResult ShareNotices::deliver(const OutboxTask& task) {
  const auto connection = core::ConnectionId::parse(task.subject);
  if (!connection) return OutboxResult::done();
  const auto waiting = oldest(task.subject);
  if (!waiting) return OutboxResult::again(waiting.error().detail);
  if (!*waiting) return OutboxResult::done();
  const auto answer = parts_.channel.send(*connection, "POST", "/api/private/v1/notifications", (*waiting)->body);
  if (!answer) {
    const auto code = answer.error().code;
    const bool over = code == ErrorCode::connection_ended || code == ErrorCode::not_found;
    if (!over) return OutboxResult::again(answer.error().detail);
    return drop(task.subject, {}) ? OutboxResult::done() : OutboxResult::again("the database is busy");
  }
  if (answer->status >= 500 || answer->status == 429) {
    return OutboxResult::again("the peer answered " + std::to_string(answer->status));
  }
  if (answer->status >= 300) {  // it will not take this one: a hint is not worth more
    parts_.log.warning("a peer refused a notification", {{"status", answer->status}, {"connection", task.subject}});
  }
  if (!drop(task.subject, (*waiting)->event_id)) return OutboxResult::again("the database is busy");
  return OutboxResult::later(std::chrono::milliseconds(0));
}

Expected<std::optional<ShareNotices::Waiting>> ShareNotices::oldest(const std::string& connection) {
  return parts_.database.read_for<std::optional<Waiting>>(
      [&](storage::Reader& reader) -> Expected<std::optional<Waiting>> {
        std::optional<Waiting> found;
        KITH_TRY(reader.query("SELECT event_id, body FROM share_notices WHERE connection_id = ? ORDER BY id LIMIT 1",
                              {connection}, [&](const storage::Row& row) {
                                found = Waiting{row.text(0), row.text(1)};
                                return true;
                              }));
        return found;
      });
}

// An empty `event_id` drops all of the connection.
Expected<void> ShareNotices::drop(const std::string& connection, const std::string& event_id) {
  return parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("DELETE FROM share_notices WHERE connection_id = ? AND (? = '' OR event_id = ?)",
                                 {connection, event_id, event_id}));
    return {};
  });
}

}  // namespace kith::federation
