#include "config/reload.hpp"

#include <string_view>

namespace kith::config {
namespace {

enum class When : std::uint8_t { at_once, restart };

struct Key {
  std::string_view name;
  When when;
  bool (*same)(const Config&, const Config&);
  void (*copy)(Config&, const Config&);
};

template <auto section, auto value>
constexpr Key key(std::string_view name, When when) {
  return {name, when, [](const Config& a, const Config& b) { return (a.*section).*value == (b.*section).*value; },
          [](Config& to, const Config& from) { (to.*section).*value = (from.*section).*value; }};
}

template <auto files, auto file>
constexpr Key tls_key(std::string_view name) {
  return {name, When::restart,
          [](const Config& a, const Config& b) {
            const auto path = [](const Listen& listen) {
              return (listen.*files) ? (*(listen.*files)).*file : std::filesystem::path();
            };
            return path(a.listen) == path(b.listen);
          },
          [](Config&, const Config&) {}};
}

constexpr auto kNow = When::at_once;
constexpr auto kRestart = When::restart;

constexpr Key kKeys[] = {
    key<&Config::instance, &Instance::domain>("instance.domain", kRestart),
    key<&Config::instance, &Instance::name>("instance.name", kRestart),
    key<&Config::instance, &Instance::data_dir>("instance.data_dir", kRestart),
    key<&Config::instance, &Instance::public_url>("instance.public_url", kRestart),
    key<&Config::listen, &Listen::local>("listen.local", kRestart),
    key<&Config::listen, &Listen::public_>("listen.public", kRestart),
    tls_key<&Listen::local_tls, &TlsFiles::certificate>("listen.local_tls.certificate"),
    tls_key<&Listen::local_tls, &TlsFiles::key>("listen.local_tls.key"),
    tls_key<&Listen::public_tls, &TlsFiles::certificate>("listen.public_tls.certificate"),
    tls_key<&Listen::public_tls, &TlsFiles::key>("listen.public_tls.key"),
    key<&Config::web, &Web::url>("web.url", kRestart),
    key<&Config::web, &Web::allowed_hosts>("web.allowed_hosts", kRestart),
    key<&Config::federation, &Federation::allow_http>("federation.allow_http", kRestart),
    key<&Config::federation, &Federation::allow_private_addresses>("federation.allow_private_addresses", kRestart),
    key<&Config::federation, &Federation::require_verified>("federation.require_verified", kRestart),
    key<&Config::federation, &Federation::delivery>("federation.delivery", kRestart),
    key<&Config::federation, &Federation::ca_file>("federation.ca_file", kRestart),
    key<&Config::accounts, &Accounts::default_quota_bytes>("accounts.default_quota", kNow),
    key<&Config::accounts, &Accounts::argon2_passes>("accounts.argon2_passes", kRestart),
    key<&Config::accounts, &Accounts::argon2_memory_mib>("accounts.argon2_memory_mib", kRestart),
    key<&Config::accounts, &Accounts::registration>("accounts.registration", kNow),
    key<&Config::accounts, &Accounts::challenge_difficulty>("accounts.challenge_difficulty", kNow),
    key<&Config::mail, &Mail::smtp_url>("mail.smtp_url", kNow),
    key<&Config::mail, &Mail::user>("mail.user", kNow),
    key<&Config::mail, &Mail::password_file>("mail.password_file", kNow),
    key<&Config::mail, &Mail::from>("mail.from", kNow),
    key<&Config::mail, &Mail::starttls>("mail.starttls", kNow),
    key<&Config::mail, &Mail::ca_file>("mail.ca_file", kNow),
    key<&Config::alerts, &Alerts::webhook_url>("alerts.webhook_url", kNow),
    key<&Config::storage, &Storage::keep_free_bytes>("storage.keep_free", kNow),
    key<&Config::storage, &Storage::max_file_bytes>("storage.max_file_size", kNow),
    key<&Config::storage, &Storage::synchronous>("storage.synchronous", kRestart),
    key<&Config::limits, &Limits::max_connections>("limits.max_connections", kNow),
    key<&Config::limits, &Limits::max_connections_per_address>("limits.max_connections_per_address", kNow),
    key<&Config::limits, &Limits::event_threads>("limits.event_threads", kRestart),
    key<&Config::limits, &Limits::worker_threads>("limits.worker_threads", kRestart),
    key<&Config::limits, &Limits::uploads_per_user>("limits.uploads_per_user", kNow),
    key<&Config::limits, &Limits::photo_workers>("limits.photo_workers", kRestart),
    key<&Config::live, &Live::transfers>("live.transfers", kRestart),
    key<&Config::log, &Log::level>("log.level", kNow),
    key<&Config::log, &Log::format>("log.format", kNow),
    {"trusted_proxies", kRestart,
     [](const Config& a, const Config& b) { return a.trusted_proxies == b.trusted_proxies; },
     [](Config&, const Config&) {}},
};

std::vector<std::string> names(When when) {
  std::vector<std::string> out;
  for (const auto& key : kKeys) {
    if (key.when == when) out.emplace_back(key.name);
  }
  return out;
}

}  // namespace

Changes take_up(Config& running, const Config& fresh) {
  Changes out;
  for (const auto& key : kKeys) {
    if (key.same(running, fresh)) continue;
    if (key.when == kNow) {
      key.copy(running, fresh);
      out.taken_up.emplace_back(key.name);
    } else {
      out.need_restart.emplace_back(key.name);
    }
  }
  return out;
}

std::vector<std::string> reloadable_keys() {
  return names(kNow);
}

std::vector<std::string> restart_keys() {
  return names(kRestart);
}

}  // namespace kith::config
