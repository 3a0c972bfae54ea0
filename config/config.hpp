#pragma once
// The configuration: one YAML file, every key with a default. A Config is a plain value, checked as a whole when
// loaded. config/kith.example.yaml explains every key to people; a test keeps both the same.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/log.hpp"

namespace kith::config {

struct TlsFiles {
  std::filesystem::path certificate;  // PEM, leaf first
  std::filesystem::path key;          // PEM
};

struct Instance {
  // host[:port] under which other instances and outsiders reach the public listener. Default: this machine's host name
  // and the public listener's port.
  std::string domain;
  std::string name;  // for people; default: the domain
  std::filesystem::path data_dir = "/var/lib/kith";
  std::string public_url;  // behind a proxy: what links begin with; default: https:// or http:// and the domain
  // Whether the file names them. What it doesn't name an admin may choose in the browser: apply_choices().
  bool domain_is_set = false;
  bool name_is_set = false;
  bool public_url_is_set = false;
};

struct Listen {
  std::string local = "127.0.0.1:8470";  // address:port, [v6]:port, or unix:/path
  std::string public_ = "0.0.0.0:8471";
  std::optional<TlsFiles> local_tls;
  std::optional<TlsFiles> public_tls;
};

struct Web {
  std::string url;                         // what links to the page begin with; default: the local listener
  std::vector<std::string> allowed_hosts;  // Host headers the local listener answers, beside loopback names and url's
};

struct Federation {
  bool allow_http = false;               // sealed traffic over plain HTTP
  bool allow_private_addresses = false;  // peers on the LAN or loopback
  bool require_verified = false;         // 403 not_verified until the words were compared
  std::string delivery = "push";         // "poll" for an instance nobody can reach
  std::string ca_file;                   // another trust store for peers' certificates; empty: the system's
};

struct Accounts {
  std::uint64_t default_quota_bytes = 100ull << 30;
  int argon2_passes = 3;
  int argon2_memory_mib = 64;
  std::string registration = "open";   // "open", "invite" or "closed"
  int challenge_difficulty = 100'000;  // hashes at most, half of it on average
};

struct Mail {
  std::string smtp_url;                 // smtp://host[:port] or smtps://…; empty: files in <data_dir>/outbox
  std::string user;                     // empty: no authentication
  std::filesystem::path password_file;  // its first line is the password
  std::string from;                     // default: kith@ and the domain without its port
  bool from_is_set = false;             // whether the file names it
  std::string starttls = "required";    // "required", "optional" or "off"; smtp:// only
  std::string ca_file;                  // another trust store; empty: the system's
};

struct Alerts {
  std::string webhook_url;  // http:// or https://; empty: none
};

struct Storage {
  std::uint64_t keep_free_bytes = 1ull << 30;  // uploads are refused when the disk would have less left
  std::uint64_t max_file_bytes = 1ull << 40;
  bool synchronous = true;  // false loses the latest changes when power fails; for tests
};

struct Limits {
  int max_connections = 2000;  // sockets, both listeners together
  int max_connections_per_address = 256;
  int event_threads = 2;
  int worker_threads = 8;
  int uploads_per_user = 10;
  int photo_workers = 1;  // photos looked at at once; 0 for none
};

struct Live {
  int transfers = 64;  // live transfers at once: offers, and requests for their files
};

struct Log {
  core::LogLevel level = core::LogLevel::info;
  core::LogFormat format = core::LogFormat::text;
};

struct Config {
  Instance instance;
  Listen listen;
  Web web;
  Federation federation;
  Accounts accounts;
  Mail mail;
  Alerts alerts;
  Storage storage;
  Limits limits;
  Live live;
  Log log;
  std::vector<std::string> trusted_proxies;  // addresses or CIDR blocks whose X-Forwarded-For is believed
};

// Reads and checks `file`. The error names file, line and column, what is wrong and what would be right; all mistakes
// are told at once, a line each.
[[nodiscard]] core::Expected<Config> load_config(const std::filesystem::path& file);
// The same from text; `name` stands for the file in errors.
[[nodiscard]] core::Expected<Config> parse_config(std::string_view text, std::string_view name);
// What holds when there is no file: all defaults, derived ones filled in.
[[nodiscard]] core::Expected<Config> default_config();

// What an admin chose in the browser; as sound as the file's own values.
struct Choices {
  std::optional<std::string> domain;
  std::optional<std::string> name;
};
// Puts `choices` in the place of what the file doesn't name, with what follows from them. The page stays reachable
// under the host of the domain that was there before (web.allowed_hosts).
void apply_choices(Config& config, const Choices& choices);

}  // namespace kith::config
