#pragma once
// Everything the daemon is made of, in the order it is made, and the steps of making it. For application*.cpp only.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "accounts/mail/mail_sender.hpp"
#include "assets/live_transfers.hpp"
#include "daemon/api/event_hub.hpp"
#include "daemon/api/exchange_door.hpp"
#include "daemon/api/idempotency.hpp"
#include "daemon/api/instance_settings.hpp"
#include "daemon/api/kept_settings.hpp"
#include "daemon/api/live_door.hpp"
#include "daemon/api/live_listeners.hpp"
#include "daemon/api/metrics.hpp"
#include "daemon/api/presigned_urls.hpp"
#include "daemon/api/services.hpp"
#include "daemon/app/application.hpp"
#include "daemon/app/background.hpp"
#include "daemon/app/exchange_passwords.hpp"
#include "daemon/app/mail_way.hpp"
#include "daemon/app/measured_storage.hpp"
#include "daemon/app/operator_alerts.hpp"
#include "daemon/app/operator_overview.hpp"
#include "daemon/app/plugs.hpp"
#include "daemon/app/request_counts.hpp"
#include "daemon/app/user_removal.hpp"
#include "daemon/http/server.hpp"
#include "federation/net/curl_transport.hpp"
#include "federation/net/instance_directory.hpp"
#include "federation/net/instance_identity.hpp"
#include "federation/net/peer_door.hpp"
#include "federation/net/peer_prober.hpp"
#include "federation/service/handshakes.hpp"
#include "federation/session/private_api.hpp"
#include "federation/session/remote_assets.hpp"
#include "storage/disk.hpp"
#include "storage/file_blob_store.hpp"
#include "storage/thumbnail_files.hpp"

namespace kith::daemon {

// In the order they are made; torn down in reverse.
struct Application::Parts {
  Parts(const config::Config& configuration, const core::Clock& time, core::Random& entropy, core::Logger logger,
        std::function<void()> restart_wanted, const PassedSockets& passed)
      : config(configuration),
        clock(time),
        random(entropy),
        log(std::move(logger)),
        restart(std::move(restart_wanted)),
        sockets(passed) {}

  config::Config config;  // constant once open_storage() has applied what was chosen in the browser
  const core::Clock& clock;
  core::Random& random;
  const core::Logger log;
  const std::function<void()> restart;
  const PassedSockets& sockets;  // used by serve() alone
  const std::chrono::steady_clock::time_point started_at = clock.steady();
  std::shared_ptr<void> lock;

  StorageTimes times;
  RequestCounts requests;
  std::unique_ptr<storage::Database> database;
  std::optional<OperatorAlerts> alerts;
  std::optional<KeptSettings> kept_settings;
  std::unique_ptr<storage::KeyVault> vault;
  MeasuredDisk disk{times};
  DamagedContent damaged;
  std::atomic<std::uint64_t> keep_free{config.storage.keep_free_bytes};  // may change while we run
  std::unique_ptr<storage::BlobStore> blobs;
  std::unique_ptr<storage::ThumbnailFiles> thumbnails;

  EventHub events;
  LiveListeners live_listeners;
  std::optional<ChangingMailWay> mail_way;
  std::optional<accounts::MailQueue> mails;
  std::optional<accounts::MailSender> mail_sender;
  std::optional<accounts::Accounts> accounts;
  std::optional<AccountQuotas> quotas;
  std::optional<AssetNews> asset_news;
  std::optional<AccountsExchangePasswords> exchange_passwords;
  std::optional<assets::Assets> assets;
  std::optional<assets::PhotoProgram> photo_program;
  std::optional<assets::PhotoWork> photo_work;
  std::optional<assets::Photos> photos;
  std::optional<assets::LiveTransfers> live;

  std::optional<FederationUsers> federation_users;
  std::optional<FederationAssets> federation_assets;
  std::unique_ptr<federation::InstanceIdentity> identity;
  std::unique_ptr<federation::CurlTransport> transport;
  std::optional<federation::PeerDoor> door;
  std::optional<ConnectionNews> connection_news;
  std::optional<federation::InstanceDirectory> directory;
  std::optional<federation::Connections> connections;
  std::optional<federation::Outbox> outbox;
  std::optional<federation::Invites> invites;
  std::optional<federation::Handshakes> handshakes;
  std::optional<federation::ConnectionBook> book;
  std::optional<federation::SessionOpener> opener;
  std::optional<federation::ToldAssets> told;
  std::optional<federation::RemoteAssets> remote_assets;
  std::optional<federation::ShareNotices> notices;
  std::optional<federation::NotificationInbox> inbox;
  std::optional<federation::SessionAcceptor> acceptor;
  std::optional<federation::PrivateApi> private_api;

  std::optional<Idempotency> idempotency;
  PeerContact peer_contact;
  std::optional<core::Timestamp> kept_contact;  // of peer_contact, in the database
  std::optional<InstanceSettings> instance_settings;
  std::optional<PresignedUrls> presigned;
  std::optional<ExchangeDoor> exchange_door;
  std::optional<LiveDoor> live_door;
  std::optional<core::WorkerPool> handlers, bodies, peer_calls;
  std::optional<UserRemoval> user_removal;
  std::optional<OperatorOverview> overview;
  std::optional<Services> services;
  Router router;
  std::optional<federation::PeerProber> prober;
  std::optional<OutboxRunner> outbox_runner;
  PeriodicTasks periodic{"kith-periodic", log};  // quick, each second
  PeriodicTasks upkeep{"kith-upkeep", log};      // slow, each minute and hour
  std::unique_ptr<HttpServer> server;
  std::atomic<HttpServer*> serving{nullptr};  // set once `server` is, for threads that ask about its certificate
  bool stopped = false;

  core::Expected<void> open_storage();
  core::Expected<void> open_vault(core::Expected<storage::MasterKey> key);
  core::Expected<void> build_mail();
  core::Expected<void> build_accounts_and_assets();
  core::Expected<void> build_federation();
  void build_sessions();
  core::Expected<void> build_routes();
  void sweep();
  void plan_background();
  template <class T>
  void warn(const char* what, const core::Expected<T>& done) const {
    if (!done) log.warning(what, {{"detail", done.error().detail}});
  }
  core::Expected<Measured> measure();
  Checks check_health();
  core::Expected<void> serve();
  core::Expected<std::string> status();
  core::Expected<void> start();
  bool gives_up_untried_domain(const core::Error& reason) const;
  void keep_contact();
};

}  // namespace kith::daemon
