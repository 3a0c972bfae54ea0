#include "daemon/app/application.hpp"

#include "daemon/app/application_parts.hpp"
#include "daemon/app/first_start.hpp"
#include "daemon/app/http_settings.hpp"
#include "daemon/app/measuring.hpp"
#include "daemon/app/orphaned_shares.hpp"
#include "daemon/doctor/doctor.hpp"
#include "daemon/doctor/probes.hpp"

namespace kith::daemon {
namespace {

using core::Expected;

constexpr std::size_t kOutboxThreads = 3;
// Well below the minute after which proxies close what looks idle.
constexpr std::chrono::seconds kHeartbeat{20};
constexpr std::chrono::milliseconds kLastWords{500};  // for open pages to hear that the stream ends

}  // namespace

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
  periodic.add(1s, 1s, [this] { live->sweep(); });
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
  if (const auto* http = serving.load()) {
    now.connections = http->open_connections();
    now.transfers = http->running_transfers();
  }
  now.event_streams = events.open_streams();
  now.peer_sessions = acceptor->open_sessions();
  const auto transfers = live->counts();
  now.live_offers = transfers.offers;
  now.live_requests = transfers.requests;
  now.live_held_bytes = transfers.bytes_held;
  requests.read(now);
  read_times(times, now);
  if (const auto space = probe_disk(config.instance.data_dir, keep_free)) now.disk_free_bytes = space->free_bytes;
  now.queues = {{"handlers", handlers->queued()}, {"bodies", bodies->queued()}, {"peer_calls", peer_calls->queued()}};
  KITH_TRY(count_rows(*database, now));
  return now;
}

Checks Application::Parts::check_health() {
  return examine_from_inside(
      {config, *database, clock, peer_contact.last(), keep_free, &damaged, requests.not_trusted()});
}

Expected<void> Application::Parts::serve() {
  auto options = http_options(config, log, sockets);
  options.on_finished = [this, logged = std::move(options.on_finished)](const FinishedRequest& request) {
    requests.add(request);
    logged(request);
  };
  KITH_TRY_ASSIGN(started, HttpServer::start(std::move(options), router, *handlers, *bodies, clock, random, log));
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
                                                          std::function<void()> restart, const PassedSockets& sockets) {
  auto parts = std::make_unique<Parts>(config, clock, random, log, restart, sockets);
  auto started = parts->start();
  if (!started && parts->gives_up_untried_domain(started.error())) {
    parts.reset();  // gives the data folder free
    parts = std::make_unique<Parts>(config, clock, random, log, restart, sockets);
    started = parts->start();
  }
  KITH_TRY(started);
  parts->log.info("listening", {{"version", KITH_VERSION},
                                {"local", config.listen.local},
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

void Application::take_up(const config::Config& config) {
  auto& parts = *parts_;
  parts.accounts->take_up(config.accounts);
  parts.assets->take_up(config);
  parts.keep_free = config.storage.keep_free_bytes;
  parts.blobs->set_keep_free(config.storage.keep_free_bytes);
  parts.alerts->set_webhook(config.alerts.webhook_url);
  parts.server->set_limits(static_cast<std::size_t>(config.limits.max_connections),
                           static_cast<std::size_t>(config.limits.max_connections_per_address));
}

core::Expected<void> Application::take_up_mail(config::Mail mail) {
  auto& parts = *parts_;
  // It follows from the domain, which an admin may have chosen in the browser.
  if (!mail.from_is_set) mail.from = parts.config.mail.from;
  KITH_TRY_ASSIGN(way, open_mail_way(mail, DataFiles(parts.config.instance.data_dir), parts.disk, parts.log));
  parts.mail_way->change(std::move(way));
  parts.mails->write_as(mail.from, mail_coding(mail));
  return {};
}

void Application::stop(std::chrono::milliseconds grace) {
  if (std::exchange(parts_->stopped, true)) return;
  parts_->handshakes->stop();  // waiting polls are answered, so that they are no running requests
  parts_->live->stop();
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
