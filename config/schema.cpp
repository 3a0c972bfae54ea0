#include "config/schema.hpp"

#include <unistd.h>

#include <algorithm>

#include "config/address.hpp"
#include "core/encoding.hpp"

namespace kith::config {

namespace {

std::string wrong_with_name(std::string_view text) {
  return core::count_code_points(text) > 100 ? "is longer than 100 characters" : "";
}

std::string wrong_with_ca_file(std::string_view text) {
  return text.starts_with('/') ? "" : "must be an absolute path, beginning with '/'";
}

void read_tls(Section section, bool wanted, std::optional<TlsFiles>& into) {
  TlsFiles files;
  section.path("certificate", files.certificate);
  section.path("key", files.key);
  if (!wanted) return;
  for (const char* half : {"certificate", "key"}) {
    if (!section.has(half)) section.wrong(half, "is missing; certificate and key go together");
  }
  into = std::move(files);
}

bool same_place(const ListenAddress& a, const ListenAddress& b) {
  const auto is_any = [](const ListenAddress& one) { return one.host == "0.0.0.0" || one.host == "::"; };
  return a.socket_path == b.socket_path && a.port == b.port && (a.host == b.host || is_any(a) || is_any(b));
}

void read_listen(Section section, Listen& listen) {
  section.text("local", listen.local, wrong_with_listen_address);
  section.text("public", listen.public_, wrong_with_listen_address);
  read_tls(section.section("local_tls"), section.has("local_tls"), listen.local_tls);
  read_tls(section.section("public_tls"), section.has("public_tls"), listen.public_tls);
  if (same_place(*parse_listen_address(listen.local), *parse_listen_address(listen.public_)))
    section.wrong(section.has("public") ? "public" : "local", "both listeners would listen on the same port");
}

std::string own_host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0) return {};
  return core::to_lower_ascii(name);
}

// The domain others would use to reach the public listener without a proxy.
std::string derived_domain(const Listen& listen) {
  const auto address = *parse_listen_address(listen.public_);
  const bool standard = !address.socket_path.empty() || address.port == 443;
  return own_host_name() + (standard ? "" : ":" + std::to_string(address.port));
}

// Where a browser on this machine finds the local listener.
std::string derived_web_url(const Listen& listen) {
  const auto address = *parse_listen_address(listen.local);
  const std::string scheme = listen.local_tls ? "https://" : "http://";
  if (!address.socket_path.empty()) return scheme + "localhost";
  const bool any = address.host == "0.0.0.0" || address.host == "::";
  const bool v6 = address.host.find(':') != std::string::npos;
  const auto host = any ? "localhost" : v6 ? "[" + address.host + "]" : address.host;
  return scheme + host + ":" + std::to_string(address.port);
}

void read_instance(Section section, const Listen& listen, Instance& instance) {
  section.text("domain", instance.domain, wrong_with_domain);
  section.text("name", instance.name, wrong_with_name);
  section.path("data_dir", instance.data_dir);
  section.text("public_url", instance.public_url, wrong_with_base_url);
  instance.domain_is_set = section.has("domain");
  instance.name_is_set = section.has("name");
  instance.public_url_is_set = section.has("public_url");

  if (!instance.domain_is_set) {
    instance.domain = derived_domain(listen);
    if (const auto wrong = wrong_with_domain(instance.domain); !wrong.empty())
      section.wrong("domain", "must be set, for the name of this machine (\"" + own_host_name() + "\") " + wrong);
  }
  derive_from_domain(listen, instance);
}

void read_web(Section section, const Listen& listen, Web& web) {
  section.text("url", web.url, wrong_with_page_url);
  section.texts("allowed_hosts", web.allowed_hosts, wrong_with_domain);
  if (web.url.empty()) web.url = derived_web_url(listen);
}

void read_federation(Section section, Federation& federation) {
  section.boolean("allow_http", federation.allow_http);
  section.boolean("allow_private_addresses", federation.allow_private_addresses);
  section.boolean("require_verified", federation.require_verified);
  section.choice<std::string>("delivery", federation.delivery, {{"push", "push"}, {"poll", "poll"}});
  section.text("ca_file", federation.ca_file, wrong_with_ca_file);
}

void read_limits(Section section, Limits& limits) {
  section.integer("max_connections", limits.max_connections, 4, 100'000);
  section.integer("max_connections_per_address", limits.max_connections_per_address, 1, 100'000);
  section.integer("event_threads", limits.event_threads, 1, 64);
  section.integer("worker_threads", limits.worker_threads, 2, 256);
  section.integer("uploads_per_user", limits.uploads_per_user, 1, 1'000);
  section.integer("photo_workers", limits.photo_workers, 0, 16);
}

void read_live(Section section, Live& live) {
  section.integer("transfers", live.transfers, 1, 1'000);
}

void read_accounts(Section section, Accounts& accounts) {
  section.byte_size("default_quota", accounts.default_quota_bytes, 0);
  section.integer("argon2_passes", accounts.argon2_passes, 1, 64);
  section.integer("argon2_memory_mib", accounts.argon2_memory_mib, 1, 4096);
  section.choice<std::string>("registration", accounts.registration,
                              {{"open", "open"}, {"invite", "invite"}, {"closed", "closed"}});
  section.integer("challenge_difficulty", accounts.challenge_difficulty, 1'000, 10'000'000);
}

std::string wrong_with_smtp_url(std::string_view text) {
  const bool smtp = text.starts_with("smtp://") || text.starts_with("smtps://");
  const auto host = text.substr(std::min(text.size(), text.find("://") + 3));
  const bool plain = !host.empty() && host.find_first_of("@/? \t\r\n") == std::string_view::npos;
  return smtp && plain ? "" : "must be like smtp://mail.example:587 or smtps://mail.example, without user or path";
}

std::string wrong_with_webhook(std::string_view text) {
  const bool http = text.starts_with("http://") || text.starts_with("https://");
  return http && text.find_first_of(" \t\r\n") == std::string_view::npos ? "" : "must begin with https:// or http://";
}

std::string wrong_with_sender(std::string_view text) {
  const auto at = text.rfind('@');
  const bool two_parts = at != std::string_view::npos && at != 0 && at + 1 < text.size();
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  return two_parts && plain && text.find_first_of("<>\"\\(),;") == std::string_view::npos
             ? ""
             : "must be an e-mail address, like kith@home.example";
}

void read_mail(Section section, Mail& mail) {
  section.text("smtp_url", mail.smtp_url, wrong_with_smtp_url);
  section.text("user", mail.user);
  section.path("password_file", mail.password_file);
  section.text("from", mail.from, wrong_with_sender);
  mail.from_is_set = section.has("from");
  section.choice<std::string>("starttls", mail.starttls,
                              {{"required", "required"}, {"optional", "optional"}, {"off", "off"}});
  section.text("ca_file", mail.ca_file, wrong_with_ca_file);
  if (section.has("user") != section.has("password_file"))
    section.wrong(section.has("user") ? "user" : "password_file", "goes together with password_file and user");
}

void read_storage(Section section, Storage& storage) {
  section.byte_size("keep_free", storage.keep_free_bytes, 0);
  section.byte_size("max_file_size", storage.max_file_bytes, 1);
  section.boolean("synchronous", storage.synchronous);
}

void read_log(Section section, Log& log) {
  using core::LogFormat;
  using core::LogLevel;
  section.choice<LogLevel>("level", log.level,
                           {{"debug", LogLevel::debug},
                            {"info", LogLevel::info},
                            {"warning", LogLevel::warning},
                            {"error", LogLevel::error},
                            {"off", LogLevel::off}});
  section.choice<LogFormat>("format", log.format,
                            {{"text", LogFormat::text}, {"json", LogFormat::json}, {"journal", LogFormat::journal}});
}

}  // namespace

void read_config(Section top, Config& config) {
  read_listen(top.section("listen"), config.listen);
  read_instance(top.section("instance"), config.listen, config.instance);
  read_web(top.section("web"), config.listen, config.web);
  read_federation(top.section("federation"), config.federation);
  read_accounts(top.section("accounts"), config.accounts);
  read_mail(top.section("mail"), config.mail);
  derive_sender(config.instance, config.mail);
  top.section("alerts").text("webhook_url", config.alerts.webhook_url, wrong_with_webhook);
  read_storage(top.section("storage"), config.storage);
  read_limits(top.section("limits"), config.limits);
  read_live(top.section("live"), config.live);
  read_log(top.section("log"), config.log);
  top.texts("trusted_proxies", config.trusted_proxies, wrong_with_network);
}

void derive_sender(const Instance& instance, Mail& mail) {
  if (mail.from_is_set) return;
  // Addresses have no port.
  const auto& domain = instance.domain;
  mail.from = "kith@" + domain.substr(0, domain.find(':', domain.find(']') + 1));
}

void derive_from_domain(const Listen& listen, Instance& instance) {
  if (!instance.name_is_set) instance.name = instance.domain;
  if (instance.public_url_is_set) return;
  // Without a port a domain means HTTPS, be it by a proxy.
  const bool port = instance.domain.find(':', instance.domain.find(']') + 1) != std::string::npos;
  instance.public_url = (listen.public_tls || !port ? "https://" : "http://") + instance.domain;
}

std::vector<std::string> all_keys() {
  Findings findings;
  Config config;
  read_config(Section(findings, {}, nullptr), config);
  // A section is known by its own name too; it holds no value.
  std::vector<std::string> keys;
  for (const auto& name : findings.known) {
    const bool is_section = std::any_of(findings.known.begin(), findings.known.end(),
                                        [&](const auto& other) { return other.starts_with(name + "."); });
    if (!is_section) keys.push_back(name);
  }
  return keys;
}

}  // namespace kith::config
