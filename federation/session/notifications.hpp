#pragma once
// Hints between instances that a user's shares changed (PROTOCOL.md, "Notifications"). They carry no truth: the
// receiver reads again. NotificationInbox takes them, each event_id once; ShareNotices sends them, through the outbox,
// for as long as it takes. Thread-safe, blocking (database); only the outbox's task blocks on peers.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "federation/service/connections.hpp"
#include "federation/service/outbox.hpp"
#include "federation/service/private_channel.hpp"
#include "federation/session/told_assets.hpp"
#include "storage/database.hpp"

namespace kith::federation {

enum class NoticeKind : std::uint8_t { shared, changed, withdrawn };
std::string_view notice_kind_name(NoticeKind kind);

struct Notification {
  std::string event_id;  // ULID
  std::string kind;      // any text: unknown kinds are taken and ignored
  std::vector<std::string> asset_ids;
  core::Timestamp timestamp;
};
std::string render_notification(const Notification& notification);
// bad_request naming the field.
[[nodiscard]] Expected<Notification> parse_notification(std::string_view body);

class NotificationInbox {
 public:
  // Both are called for new hints, must not block and may be empty: `read_again` when the peer's list is worth reading
  // (RemoteAssets::refresh_soon), `forgotten` when what was withdrawn is out of the memory.
  NotificationInbox(storage::Database& database, const core::Clock& clock, ToldAssets& told,
                    std::function<void(const ConnectionRecord&)> read_again,
                    std::function<void(const ConnectionRecord&)> forgotten = {});
  // Done for repeats too.
  [[nodiscard]] Expected<void> take(const ConnectionRecord& connection, const Notification& notification);

 private:
  Expected<bool> is_new(const ConnectionRecord& connection, const std::string& event_id);

  storage::Database& database_;
  const core::Clock& clock_;
  ToldAssets& told_;
  const std::function<void(const ConnectionRecord&)> read_again_;
  const std::function<void(const ConnectionRecord&)> forgotten_;
};

class ShareNotices {
 public:
  static constexpr std::string_view kTask = "share_notices";  // of the outbox; subject: the ConnectionId
  static constexpr int kMaxWaiting = 1'000;                   // events a connection; then the oldest go

  struct Parts {
    storage::Database& database;
    Connections& connections;
    Outbox& outbox;
    PrivateChannel& channel;
    const core::Clock& clock;
    core::Random& random;
    core::Logger log;
  };
  // Takes kTask's place in the outbox: before it first runs.
  explicit ShareNotices(Parts parts);

  // `owner` (a user here) shared, changed or withdrew these for `viewer` (a row with is_local = false). Does nothing
  // for a viewer without an active connection, or one whose peer can't be reached.
  [[nodiscard]] Expected<void> tell(const core::UserId& owner, const core::UserId& viewer, NoticeKind kind,
                                    std::span<const core::AssetId> assets);

 private:
  struct Waiting;
  OutboxResult deliver(const OutboxTask& task);
  Expected<std::optional<Waiting>> oldest(const std::string& connection);
  Expected<void> drop(const std::string& connection, const std::string& event_id);

  const Parts parts_;
};

}  // namespace kith::federation
