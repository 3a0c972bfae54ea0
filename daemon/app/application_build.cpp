// How the parts of the daemon are made, each from the ones before it.
#include "daemon/api/permissions.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/app/any_connection.hpp"
#include "daemon/app/application_parts.hpp"
#include "daemon/app/data_files.hpp"
#include "daemon/app/http_settings.hpp"
#include "daemon/app/mail_way.hpp"
#include "daemon/app/measuring.hpp"

namespace kith::daemon {
namespace {

using core::Expected;

constexpr std::size_t kHandlerQueue = 256;
constexpr std::size_t kPeerThreads = 24;  // three peers that hang leave room
constexpr std::size_t kPeerQueue = 64;
constexpr std::size_t kBodyQueue = 4096;  // at most one piece a connection

std::size_t count_of(int configured) {
  return static_cast<std::size_t>(configured);
}

}  // namespace

Expected<void> Application::Parts::open_storage() {
  const DataFiles files(config.instance.data_dir);
  KITH_TRY(files.prepare());
  KITH_TRY_ASSIGN(held, files.lock());
  lock = std::move(held);
  auto key = storage::load_or_create_master_key(files.directory(), files.database(), random);
  if (!key && !files.has_database()) return tl::make_unexpected(std::move(key.error()));
  KITH_TRY_ASSIGN(opened, storage::Database::open(files.database(), {.synchronous_full = config.storage.synchronous}));
  database = measured(std::move(opened), times);
  kept_settings.emplace(*database);
  KITH_TRY_ASSIGN(choices, kept_settings->choices());
  apply_choices(config, choices);
  alerts.emplace(*database, clock, log,
                 OperatorAlerts::Settings{config.alerts.webhook_url, config.federation.ca_file, config.instance.name,
                                          config.instance.domain});
  KITH_TRY(open_vault(std::move(key)));
  storage::FileBlobStoreOptions options;
  options.keep_free_bytes = keep_free;
  options.synchronous = config.storage.synchronous;
  options.on_damage = [this](const storage::BlobKey& spoilt) {
    damaged.note(spoilt, clock.now());
    log.error(
        "content on the disk is no longer what was stored: kithd verify --repair-from brings it back from a backup",
        {{"owner", spoilt.owner.text()}, {"digest", core::digest_text(spoilt.digest)}});
  };
  KITH_TRY_ASSIGN(store, storage::FileBlobStore::open(files.blobs(), options, disk));
  blobs = measured(std::move(store), times);
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
  mail_way.emplace(std::move(way));
  const auto name = [this] { return identity ? identity->name() : config.instance.name; };
  mails.emplace(accounts::MailQueue::Parts{*database, *vault, clock, random, log, config.mail.from, name,
                                           mail_coding(config.mail)});
  mail_sender.emplace(*mails, *mail_way, clock, log);
  return {};
}

Expected<void> Application::Parts::build_accounts_and_assets() {
  accounts.emplace(*database, *vault, clock, random, config, log, *mails);
  accounts->tokens().on_log_out([this](const core::UserId& user) {
    events.check(user);
    live_listeners.check(user);
  });
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
  live.emplace(clock, random, assets::LiveLimits{.transfers = count_of(config.live.transfers)});
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
  live_door.emplace(clock);
  user_removal.emplace(UserRemoval::Parts{*database, accounts->registry().removal(), *handshakes, *invites, *told,
                                          *assets, *live, *idempotency, *handlers, log, [this] {
                                            sweep();
                                            photo_work->wake();
                                          }});
  overview.emplace(OperatorOverview::Parts{clock,
                                           {config, *database, assets->catalogue(), damaged, clock, keep_free},
                                           [this] { return measure(); },
                                           [this] { return check_health(); },
                                           [this] { return serving.load() != nullptr; }});
  services.emplace(
      Services{config,         clock,     log,          *database,      *peer_calls,  *accounts,     *mails,
               *assets,        *photos,   *idempotency, *identity,      *directory,   *connections,  *handshakes,
               *invites,       *acceptor, *private_api, *remote_assets, peer_contact, events,        *instance_settings,
               *exchange_door, *live,     *live_door,   live_listeners, *presigned,   *user_removal, *alerts,
               alerts->book(), *overview});
  add_all_routes(router, *services);
  return check_permissions(router);
}

}  // namespace kith::daemon
