#include "daemon/doctor/doctor.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "daemon/api/kept_settings.hpp"
#include "daemon/app/storage_use.hpp"
#include "daemon/doctor/probes.hpp"
#include "storage/key_vault.hpp"

namespace kith::daemon {
namespace {

using core::Expected;
using std::chrono::milliseconds;

constexpr milliseconds kResolverPatience{3000};
constexpr milliseconds kConnectPatience{3000};
constexpr milliseconds kListenerPatience{1000};
constexpr milliseconds kDatabasePatience{20'000};

Check not_readable(std::string check, const core::Error& error) {
  return {std::move(check), CheckState::unknown, "not_readable", {}, "The database could not be read: " + error.detail};
}

// What is read from the database, or that it could not be.
template <class T>
Check checked(const char* name, const Expected<T>& facts, const std::function<Check(const T&)>& verdict) {
  return facts ? verdict(*facts) : not_readable(name, facts.error());
}

struct Examination {
  const config::Config& config;
  const core::Clock& clock;
  storage::Database* database;  // null: it can't be used
  bool running = false;
  std::uint64_t keep_free = 0;
  std::optional<core::Timestamp> last_contact = {};
  const DamagedContent* damaged = nullptr;
  std::optional<std::string> not_trusted = {};

  void network(Checks& checks) const;
  void machine(Checks& checks) const;
  void state(Checks& checks) const;
};

bool is_wildcard(const std::string& address) {
  return address.starts_with("0.0.0.0:") || address.starts_with("[::]:");
}

void Examination::network(Checks& checks) const {
  auto names = probe_dns(config, kResolverPatience);
  checks.push_back(check_dns(names));
  PortFacts ports{running, {}};
  for (const auto& [key, address] :
       {std::pair("listen.local", config.listen.local), {"listen.public", config.listen.public_}})
    ports.listeners.push_back({key, address, probe_listener(address, kListenerPatience)});
  checks.push_back(check_ports(ports));

  ReachFacts reach;
  reach.domain = config.instance.domain;
  const auto place = public_place(config.instance.domain);
  reach.outcome = place ? probe_reach(names, place->port, kConnectPatience) : ReachFacts::Outcome::not_resolved;
  reach.running = running;
  reach.own_address = std::ranges::any_of(
      names.addresses, [&](const auto& one) { return std::ranges::find(names.own, one) != names.own.end(); });
  reach.polls = config.federation.delivery == "poll";
  reach.last_contact = last_contact;
  reach.now = clock.now();
  checks.push_back(check_reachable(reach));
  checks.push_back(check_certificate(probe_certificate(config), clock.now()));
  checks.push_back(check_proxy({!config.trusted_proxies.empty(), is_wildcard(config.listen.public_),
                                config.listen.public_tls.has_value(), not_trusted}));
}

void Examination::machine(Checks& checks) const {
  checks.push_back(check_clock(probe_clock()));
  checks.push_back(check_disk(probe_disk(config.instance.data_dir, keep_free)));
  checks.push_back(check_permissions(probe_permissions(config)));
}

void Examination::state(Checks& checks) const {
  const auto now = clock.now();
  checks.push_back(checked<MailFacts>("mail", probe_mail(config.mail, database),
                                      [&](const auto& facts) { return check_mail_state(facts, now); }));
  checks.push_back(check_photos(config.limits.photo_workers > 0 ? probe_photos() : std::nullopt));
  if (database == nullptr) return;
  StorageView view;
  const auto read = read_operations(*database, damaged, view);
  const auto any = database->read_for<bool>([](storage::Reader& reader) -> Expected<bool> {
    bool found = false;
    KITH_TRY(reader.query("SELECT 1 FROM blobs LIMIT 1", {}, [&](const storage::Row&) { return !(found = true); }));
    return found;
  });
  if (!read || !any) {
    checks.push_back(not_readable("backup", read ? any.error() : read.error()));
  } else {
    checks.push_back(check_backup({*any, view.last_backup_at}, now));
    checks.push_back(check_content(view.damaged));
  }
  checks.push_back(checked<std::vector<DownPeer>>("peers", probe_peers(*database),
                                                  [&](const auto& down) { return check_peers(down, now); }));
}

// The database, if it may be opened without changing it.
std::unique_ptr<storage::Database> usable(const storage::DatabaseLook& look) {
  if (!look.found || !look.problem.empty() || look.version != look.newest) return nullptr;
  auto opened = storage::Database::open(look.file, {.readers = 1});
  return opened ? std::move(*opened) : nullptr;
}

MasterKeyFacts try_key(const DataFiles& files, const storage::DatabaseLook& look, storage::Database* database,
                       core::Random& random) {
  MasterKeyFacts facts{look.found, "", database != nullptr};
  if (!look.found) return facts;
  auto key = storage::load_or_create_master_key(files.directory(), files.database(), random);
  if (!key) {
    facts.problem = key.error().detail;
  } else if (database != nullptr) {
    const auto vault = storage::KeyVault::open(*database, std::move(*key), random);
    if (!vault) facts.problem = vault.error().detail;
  }
  return facts;
}

// Who may not look into the data folder would find wrong what is not.
Check wrong_user(const DataFiles& files) {
  const auto path = files.directory().string();
  return {"permissions",
          CheckState::error,
          "not_readable",
          {{"path", path}},
          "This user may not look into " + path + ". Ask as root, or as the user the daemon runs as."};
}

}  // namespace

Checks examine_from_outside(config::Config config, const core::Clock& clock, core::Random& random) {
  const DataFiles files(config.instance.data_dir);
  if (::access(files.directory().c_str(), R_OK | X_OK) != 0 && errno == EACCES) return {wrong_user(files)};
  const auto look = storage::look_at_database(files.database(), kDatabasePatience);
  const auto database = usable(look);
  std::optional<core::Timestamp> last_contact;
  if (database) {
    const KeptSettings kept(*database);
    if (const auto choices = kept.choices()) config::apply_choices(config, *choices);
    last_contact = kept.last_contact(config.instance.domain).value_or(std::nullopt);
  }
  const Examination examination{
      config, clock, database.get(), probe_running(files), config.storage.keep_free_bytes, last_contact};
  Checks checks;
  examination.network(checks);
  examination.machine(checks);
  checks.push_back(check_database(look));
  checks.push_back(check_master_key(try_key(files, look, database.get(), random)));
  examination.state(checks);
  return checks;
}

Checks examine_from_inside(const RunningDaemon& daemon) {
  const Examination examination{daemon.config,    daemon.clock,        &daemon.database, true,
                                daemon.keep_free, daemon.last_contact, daemon.damaged,   daemon.not_trusted};
  Checks checks;
  examination.network(checks);
  examination.machine(checks);
  // It serves, so it opened both at its start.
  const int version = daemon.database.schema_version();
  checks.push_back(
      check_database({DataFiles(daemon.config.instance.data_dir).database(), true, "", true, version, version}));
  checks.push_back(check_master_key({true, "", true}));
  examination.state(checks);
  return checks;
}

}  // namespace kith::daemon
