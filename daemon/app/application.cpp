#include "daemon/app/application.hpp"

#include <atomic>
#include <optional>

#include "accounts/mail/mail_sender.hpp"
#include "daemon/api/event_hub.hpp"
#include "daemon/api/exchange_door.hpp"
#include "daemon/api/idempotency.hpp"
#include "daemon/api/instance_settings.hpp"
#include "daemon/api/kept_settings.hpp"
#include "daemon/api/permissions.hpp"
#include "daemon/api/presigned_urls.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/app/any_connection.hpp"
#include "daemon/app/background.hpp"
#include "daemon/app/data_files.hpp"
#include "daemon/app/exchange_passwords.hpp"
#include "daemon/app/first_start.hpp"
#include "daemon/app/http_settings.hpp"
#include "daemon/app/mail_way.hpp"
#include "daemon/app/measuring.hpp"
#include "daemon/app/operator_alerts.hpp"
#include "daemon/app/orphaned_shares.hpp"
#include "daemon/app/plugs.hpp"
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
namespace {

using core::Expected;

constexpr std::size_t kHandlerQueue = 256;
constexpr std::size_t kPeerThreads = 24;  // three peers that hang leave room
constexpr std::size_t kPeerQueue = 64;
constexpr std::size_t kBodyQueue = 4096;  // at most one piece a connection
constexpr std::size_t kOutboxThreads = 3;
// Well below the minute after which proxies close what looks idle.
constexpr std::chrono::seconds kHeartbeat{20};
constexpr std::chrono::milliseconds kLastWords{500};  // for open pages to hear that the stream ends

std::size_t count_of(int configured) {
  return static_cast<std::size_t>(configured);
}

}  // namespace

// In the order they are made; torn down in reverse.
struct Application::Parts {
  Parts(const config::Config& configuration, const core::Clock& time, core::Random& entropy, core::Logger logger,
        std::function<void()> restart_wanted)
      : config(configuration),
        clock(time),
        random(entropy),
        log(std::move(logger)),
        restart(std::move(restart_wanted)) {}

  config::Config config;  // constant once open_storage() has applied what was chosen in the browser
  const core::Clock& clock;
  core::Random& random;
  const core::Logger log;
  const std::function<void()> restart;
  const std::chrono::steady_clock::time_point started_at = clock.steady();
  std::shared_ptr<void> lock;

  std::unique_ptr<storage::Database> database;
  std::optional<OperatorAlerts> alerts;
  std::optional<KeptSettings> kept_settings;
  std::unique_ptr<storage::KeyVault> vault;
  storage::Disk disk;
  std::unique_ptr<storage::BlobStore> blobs;
  std::unique_ptr<storage::ThumbnailFiles> thumbnails;

  EventHub events;
  std::unique_ptr<accounts::MailCarrier> mail_way;
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
  std::optional<core::WorkerPool> handlers, bodies, peer_calls;
  std::optional<UserRemoval> user_removal;
  std::optional<Services> services;
  Router router;
  std::optional<federation::PeerProber> prober;
  std::optional<OutboxRunner> outbox_runner;
  PeriodicTasks periodic{"kith-periodic", log};  // quick, each second
  PeriodicTasks upkeep{"kith-upkeep", log};      // slow, each minute and hour
  std::unique_ptr<HttpServer> server;
  std::atomic<HttpServer*> serving{nullptr};  // set once `server` is, for threads that ask about its certificate
  bool stopped = false;

  Expected<void> open_storage();
  Expected<void> open_vault(Expected<storage::MasterKey> key);
  Expected<void> build_mail();
  Expected<void> build_accounts_and_assets();
  Expected<void> build_federation();
  void build_sessions();
  Expected<void> build_routes();
  void sweep();
  void plan_background();
  template <class T>
  void warn(const char* what, const Expected<T>& done) const {
    if (!done) log.warning(what, {{"detail", done.error().detail}});
  }
  Expected<Measured> measure();
  Expected<void> serve();
  Expected<void> start();
  bool gives_up_untried_domain(const core::Error& reason) const;
  void keep_contact();
};

Expected<void> Application::Parts::open_storage() {
  const DataFiles files(config.instance.data_dir);
  KITH_TRY(files.prepare());
  KITH_TRY_ASSIGN(held, files.lock());
  lock = std::move(held);
  auto key = storage::load_or_create_master_key(files.directory(), files.database(), random);
  if (!key && !files.has_database()) return tl::make_unexpected(std::move(key.error()));
  KITH_TRY_ASSIGN(opened, storage::Database::open(files.database(), {.synchronous_full = config.storage.synchronous}));
  database = std::move(opened);
  kept_settings.emplace(*database);
  KITH_TRY_ASSIGN(choices, kept_settings->choices());
  apply_choices(config, choices);
  alerts.emplace(*database, clock, log,
                 OperatorAlerts::Settings{config.alerts.webhook_url, config.federation.ca_file, config.instance.name,
                                          config.instance.domain});
  KITH_TRY(open_vault(std::move(key)));
  storage::FileBlobStoreOptions options;
  options.keep_free_bytes = config.storage.keep_free_bytes;
  options.synchronous = config.storage.synchronous;
  options.on_damage = [this](const storage::BlobKey& damaged) {
    log.error("content on the disk is no longer what was stored",
              {{"owner", damaged.owner.text()}, {"digest", core::digest_text(damaged.digest)}});
  };
  KITH_TRY_ASSIGN(store, storage::FileBlobStore::open(files.blobs(), options, disk));
  blobs = std::move(store);
  KITH_TRY_ASSIGN(pictures, storage::ThumbnailFiles::open(files.thumbnails(), config.storage.synchronous, disk));
  thumbnails = std::move(pictures);
  return {};
}

// An admin who is away hears of a master key that is missing or wrong before the start is given up.
Expected<void> Application::Parts::open_vault(Expected<storage::MasterKey> key) {
  constexpr std::chrono::seconds kLongestWait{10};
  auto unlocked = std::move(key).and_then(
      [&](storage::MasterKey found) { return storage::KeyVault::open(*database, std::move(found), random, &*alerts); });
  if (unlocked) {
    vault = std::move(*unlocked);
    return {};
  }
  alerts->raise(core::alert_kinds::kMasterKey, "start", unlocked.error().detail);
  alerts->finish(kLongestWait);
  return tl::make_unexpected(std::move(unlocked.error()));
}

Expected<void> Application::Parts::build_mail() {
  KITH_TRY_ASSIGN(way, open_mail_way(config.mail, DataFiles(config.instance.data_dir), disk, log));
  mail_way = std::move(way);
  const auto name = [this] { return identity ? identity->name() : config.instance.name; };
  mails.emplace(accounts::MailQueue::Parts{*database, *vault, clock, random, log, config.mail.from, name,
                                           mail_coding(config.mail)});
  mail_sender.emplace(*mails, *mail_way, clock, log);
  return {};
}

Expected<void> Application::Parts::build_accounts_and_assets() {
  accounts.emplace(*database, *vault, clock, random, config, log, *mails);
  accounts->tokens().on_log_out([this](const core::UserId& user) { events.check(user); });
  quotas.emplace(accounts->users());
  asset_news.emplace(events, accounts->users(), log);
  exchange_passwords.emplace(accounts->registry().passwords(), clock);
  assets.emplace(*database, *blobs, clock, random, config, *quotas, *exchange_passwords, *asset_news, log);
  KITH_TRY(assets->start());
  photo_program.emplace(assets::PhotoProgram::beside_this_program(), log);
  photo_work.emplace(assets::PhotoWork::Parts{*database, *blobs, *thumbnails, *photo_program, *asset_news, clock, log,
                                              config.limits.photo_workers});
  photos.emplace(*database, *thumbnails, *photo_work, clock);
  asset_news->set_photos(*photo_work);
  idempotency.emplace(*database, *vault, clock);
  return idempotency->forget_unfinished();
}

Expected<void> Application::Parts::build_federation() {
  federation_users.emplace(accounts->users());
  federation_assets.emplace(assets->shares(), *photos);
  KITH_TRY_ASSIGN(
      own, federation::InstanceIdentity::open(*database, *vault, clock, random,
                                              {config.instance.domain, config.instance.name, "kith"}, any_connection));
  identity = std::move(own);
  KITH_TRY_ASSIGN(contact, kept_settings->last_contact(identity->domain()));
  if (contact) peer_contact.mark(*contact);
  kept_contact = contact;
  KITH_TRY_ASSIGN(curl, federation::CurlTransport::create(
                            {{config.federation.allow_private_addresses}, config.federation.ca_file}));
  transport = std::move(curl);
  door.emplace(*transport, *database, clock, federation::PeerDoorOptions{.allow_http = config.federation.allow_http},
               log);
  connection_news.emplace(events, accounts->audit(), *alerts, clock, log);
  directory.emplace(*door, *database, *identity, clock, log, [this](std::string_view domain, std::string_view text) {
    alerts->raise(core::alert_kinds::kPeerKeyChanged, domain, text);
  });
  connections.emplace(*database, *vault, clock);
  outbox.emplace(*database, clock, random, log);
  invites.emplace(
      federation::Invites::Parts{*database, *vault, clock, random, *federation_users, *identity, web_url(config)});
  federation::HandshakeOptions options;
  options.delivery = config.federation.delivery;
  handshakes.emplace(federation::Handshakes::Parts{*database, *vault, clock, random, log, *federation_users, *identity,
                                                   *directory, *door, *outbox, *connection_news, options});
  return {};
}

void Application::Parts::build_sessions() {
  book.emplace(*connections);
  const auto ended_there = [this](const core::ConnectionId& id) {
    if (const auto noted = handshakes->on_ended_there(id); !noted) {
      log.warning("the end of a connection was not noted", {{"detail", noted.error().detail}});
    }
  };
  opener.emplace(
      federation::SessionOpener::Parts{*door, *book, clock, random, log, core::has_hardware_aes(), ended_there});
  handshakes->set_channel(*opener);
  told.emplace(*database, clock);
  const auto told_anew = [this](const federation::ConnectionRecord& connection) {
    events.publish(connection.local_user, Event::shared_with_me(connection.peer_address.text()));
  };
  remote_assets.emplace(federation::RemoteAssets::Parts{*opener, *told, clock, log, {}, told_anew});
  notices.emplace(federation::ShareNotices::Parts{*database, *connections, *outbox, *opener, clock, random, log});
  asset_news->set_federation(*notices, identity->domain());
  const auto own_spki = [this]() -> std::optional<core::Digest> {
    const auto* http = serving.load();
    return http != nullptr ? http->certificate_spki(ListenerKind::public_) : std::nullopt;
  };
  acceptor.emplace(federation::SessionAcceptor::Parts{
      *database, *book, clock, random, log, config.federation.require_verified, core::has_hardware_aes(), own_spki,
      [this](std::string_view domain) { return directory->require_not_blocked(domain); },
      federation::session_mark_key(identity->signing_key()), &*alerts});
  inbox.emplace(
      *database, clock, *told,
      [this](const federation::ConnectionRecord& connection) { remote_assets->refresh_soon(connection); }, told_anew);
  private_api.emplace(federation::PrivateApi::Parts{
      *acceptor, *federation_assets, *inbox,
      [this](const core::ConnectionId& id, std::string_view body) {
        return connection_news->by_peer(id, "connection_keys_rotated", handshakes->on_rotate(id, body));
      },
      [this](const core::ConnectionId& id, std::string_view body) {
        return connection_news->by_peer(id, "connection_revoked", handshakes->on_revoke(id, body));
      }});
  connection_news->set_listeners({*connections, *acceptor, *opener, *told, assets->shares()});
}

Expected<void> Application::Parts::build_routes() {
  handlers.emplace("kith-work", count_of(config.limits.worker_threads), kHandlerQueue);
  bodies.emplace("kith-body", count_of(config.limits.worker_threads), kBodyQueue);
  peer_calls.emplace("kith-peer", kPeerThreads, kPeerQueue);
  instance_settings.emplace(
      InstanceSettings::Parts{*database, config, *identity, accounts->audit(), any_connection, restart});
  presigned.emplace(*database, *vault, clock, random);
  exchange_door.emplace(assets->exchanges(), clock);
  user_removal.emplace(UserRemoval::Parts{*database, accounts->registry().removal(), *handshakes, *invites, *told,
                                          *assets, *idempotency, *handlers, log, [this] {
                                            sweep();
                                            photo_work->wake();
                                          }});
  services.emplace(Services{config,         clock,          log,
                            *database,      *peer_calls,    *accounts,
                            *mails,         *assets,        *photos,
                            *idempotency,   *identity,      *directory,
                            *connections,   *handshakes,    *invites,
                            *acceptor,      *private_api,   *remote_assets,
                            peer_contact,   events,         *instance_settings,
                            *exchange_door, *presigned,     *user_removal,
                            *alerts,        alerts->book(), [this] { return measure(); }});
  add_all_routes(router, *services);
  return check_permissions(router);
}

// What one round can't do is left to the next minute's.
void Application::Parts::sweep() {
  constexpr int kMostRounds = 50;
  for (int round = 0; round < kMostRounds; ++round) {
    const auto swept = assets->sweep();
    warn("sweep failed", swept);
    if (!swept || !swept->more) return;
  }
}

void Application::Parts::plan_background() {
  using namespace std::chrono_literals;
  periodic.add(1s, 1s, [this] {
    const auto due = handshakes->next_deadline();
    if (due && *due <= clock.now()) handshakes->expire();
    connection_news->flush();
    accounts->entrance().work();
  });
  periodic.add(kHeartbeat, kHeartbeat, [this] { events.check_all(); });
  upkeep.add(0min, 1min, [this] { user_removal->run(); });
  upkeep.add(1min, 1min, [this] {
    sweep();
    warn("the secret of tokens was not rotated", accounts->secrets().rotate_if_due());
    photo_work->wake();
    keep_contact();
  });
  upkeep.add(1h, 1h, [this] {
    warn("old idempotency keys stay", idempotency->sweep());
    warn("the key of presigned addresses was not changed", presigned->rotate_if_due());
    warn("what ran out before anybody proved it stays", accounts->entrance().sweep());
    warn("the audit log was not pruned", accounts->audit().prune());
    warn("spent API tokens stay", accounts->api_tokens().prune());
    warn("shares of ended connections stay", end_orphaned_shares(*database, *connections, assets->shares()));
  });
  upkeep.add(5min, 6h, [this] { warn("orphaned content was not looked for", assets->remove_orphans()); });
  outbox_runner.emplace(*outbox, clock, log, kOutboxThreads);
  prober.emplace(*door);
  outbox_runner->start();
  photo_work->start();
  mail_sender->start();
  periodic.start();
  upkeep.start();
}

Expected<Measured> Application::Parts::measure() {
  Measured now;
  now.alerts = alerts->raised();
  now.uptime = std::chrono::duration_cast<std::chrono::seconds>(clock.steady() - started_at);
  if (const auto* http = serving.load()) now.connections = http->open_connections();
  now.event_streams = events.open_streams();
  now.peer_sessions = acceptor->open_sessions();
  KITH_TRY(count_rows(*database, now));
  return now;
}

Expected<void> Application::Parts::serve() {
  KITH_TRY_ASSIGN(started,
                  HttpServer::start(http_options(config, log), router, *handlers, *bodies, clock, random, log));
  server = std::move(started);
  serving = server.get();
  return {};
}

Expected<void> Application::Parts::start() {
  KITH_TRY(open_storage());
  KITH_TRY(build_mail());
  KITH_TRY(build_accounts_and_assets());
  KITH_TRY(build_federation());
  build_sessions();
  KITH_TRY(build_routes());
  KITH_TRY(end_orphaned_shares(*database, *connections, assets->shares()));
  KITH_TRY(serve());
  warn("a domain that works still counts as untried", kept_settings->domain_works(config.instance.domain));
  plan_background();
  return {};
}

// True if there was one that the daemon never started with.
bool Application::Parts::gives_up_untried_domain(const core::Error& reason) const {
  if (!kept_settings || config.instance.domain_is_set) return false;  // no choice was tried
  const auto given_up = kept_settings->give_up_untried_domain();
  warn("the domain before could not be put back", given_up);
  if (!given_up || !*given_up) return false;
  log.error("could not start with the new domain, going back to the one before",
            {{"domain", config.instance.domain}, {"detail", reason.detail}});
  return true;
}

void Application::Parts::keep_contact() {
  const auto last = peer_contact.last();
  if (!last || last == kept_contact) return;
  const auto kept = kept_settings->keep_contact(identity->domain(), *last);
  warn("when another instance got through was not kept", kept);
  if (kept) kept_contact = last;
}

Expected<std::unique_ptr<Application>> Application::start(const config::Config& config, const core::Clock& clock,
                                                          core::Random& random, core::Logger log,
                                                          std::function<void()> restart) {
  auto parts = std::make_unique<Parts>(config, clock, random, log, restart);
  auto started = parts->start();
  if (!started && parts->gives_up_untried_domain(started.error())) {
    parts.reset();  // gives the data folder free
    parts = std::make_unique<Parts>(config, clock, random, log, restart);
    started = parts->start();
  }
  KITH_TRY(started);
  parts->log.info("listening", {{"local", config.listen.local},
                                {"public", config.listen.public_},
                                {"domain", parts->identity->domain()},
                                {"fingerprint", parts->identity->fingerprint()}});
  parts->warn("whether there is an admin is not known",
              tell_how_to_set_up(*parts->accounts, web_url(config), parts->log));
  return std::unique_ptr<Application>(new Application(std::move(parts)));
}

Application::Application(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Application::~Application() {
  stop(std::chrono::milliseconds(0));
}

std::vector<std::uint16_t> Application::ports() const {
  return parts_->server->ports();
}

const Router& Application::router() const {
  return parts_->router;
}

core::Expected<void> Application::reload_certificates() {
  return parts_->server->reload_certificates();
}

void Application::stop(std::chrono::milliseconds grace) {
  if (std::exchange(parts_->stopped, true)) return;
  parts_->handshakes->stop();  // waiting polls are answered, so that they are no running requests
  parts_->events.stop(kLastWords);
  parts_->server->drain(grace);
  parts_->transport->stop();
  parts_->remote_assets->stop();
  parts_->periodic.stop();
  parts_->upkeep.stop();
  parts_->photo_work->stop();
  parts_->mail_sender->stop();
  parts_->keep_contact();
  parts_->outbox_runner->stop();
  parts_->prober->stop();
  parts_->peer_calls->stop();
  parts_->handlers->stop();
  parts_->bodies->stop();
  parts_->connection_news->flush();
  parts_->alerts->stop();
}

}  // namespace kith::daemon
