#pragma once
// What the routes stand on: everything daemon/app made, by reference. Lives as long as the application.

#include <atomic>
#include <optional>

#include "accounts/accounts.hpp"
#include "assets/assets.hpp"
#include "assets/photos.hpp"
#include "config/config.hpp"
#include "core/alerts.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "core/worker_pool.hpp"
#include "storage/database.hpp"

namespace kith::accounts {
class MailQueue;
}  // namespace kith::accounts

namespace kith::assets {
class LiveTransfers;
}  // namespace kith::assets

namespace kith::federation {
class Connections;
class Handshakes;
class InstanceDirectory;
class InstanceIdentity;
class Invites;
class PeerDoor;
class PrivateApi;
class RemoteAssets;
class SessionAcceptor;
}  // namespace kith::federation

namespace kith::daemon {

class AlertBook;
class EventHub;
class ExchangeDoor;
class Idempotency;
class InstanceSettings;
class LiveDoor;
class LiveListeners;
class OperatorView;
class PresignedUrls;
class UserErasure;

// When another instance last got through to the public listener with a message that proved genuine. Thread-safe.
class PeerContact {
 public:
  // True for the first time.
  bool mark(core::Timestamp now) { return at_.exchange(core::to_unix_ms(now)) == 0; }
  std::optional<core::Timestamp> last() const {
    const auto at = at_.load();
    return at == 0 ? std::nullopt : std::optional(core::from_unix_ms(at));
  }

 private:
  std::atomic<std::int64_t> at_{0};
};

struct Services {
  const config::Config& config;
  const core::Clock& clock;
  core::Logger log;
  storage::Database& database;
  core::WorkerPool& peer_calls;  // for endpoints that wait for other instances
  accounts::Accounts& accounts;
  accounts::MailQueue& mails;
  assets::Assets& assets;
  assets::Photos& photos;
  Idempotency& idempotency;
  const federation::InstanceIdentity& identity;
  federation::InstanceDirectory& directory;
  federation::Connections& connections;
  federation::Handshakes& handshakes;
  federation::Invites& invites;
  federation::SessionAcceptor& sessions;
  federation::PrivateApi& private_api;
  federation::RemoteAssets& remote_assets;
  PeerContact& peer_contact;
  EventHub& events;
  InstanceSettings& instance_settings;
  ExchangeDoor& exchange_door;
  assets::LiveTransfers& live;
  LiveDoor& live_door;
  LiveListeners& live_listeners;
  PresignedUrls& presigned;
  UserErasure& user_erasure;
  core::Alerts& alerts;
  AlertBook& alert_book;
  OperatorView& operator_view;
};

}  // namespace kith::daemon
