#pragma once
// The name and the domain of this instance, as an admin sees and changes them. The configuration file comes first: what
// it names can't be changed here. A name holds at once; a domain is kept, and the daemon asked to start again with it.
// Thread-safe. Owns nothing it is handed; those must outlive it.

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/audit.hpp"
#include "config/config.hpp"
#include "federation/net/instance_identity.hpp"
#include "storage/database.hpp"

namespace kith::daemon {

struct InstanceWish {
  std::optional<std::string> name;
  std::optional<std::string> domain;
};

struct InstanceView {
  std::string domain;
  std::string name;
  std::string public_url;
  std::optional<std::string_view> domain_fixed_by;  // "configuration" or "connection"
  bool name_fixed = false;                          // by the configuration
};

struct InstanceChange {
  InstanceView view;        // as it is, or will be after the restart
  bool restarting = false;  // the daemon starts again right after this request
};

class InstanceSettings {
 public:
  struct Parts {
    storage::Database& database;
    const config::Config& config;  // with the choices applied
    federation::InstanceIdentity& identity;
    accounts::AuditLog& audit;
    // Whether a connection, or a request for one, relies on the domain.
    std::function<core::Expected<bool>(storage::Reader&)> domain_in_use;
    std::function<void()> restart;  // asks for it and returns; empty: none is possible
  };
  explicit InstanceSettings(Parts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] core::Expected<InstanceView> view() const;
  // All of it or nothing. bad_request for a name or domain that is none; conflict, with what to do, for what is fixed
  // (unless it is the one wished for).
  [[nodiscard]] core::Expected<InstanceChange> change(const InstanceWish& wish, const accounts::Actor& actor);

 private:
  struct Outcome {
    InstanceChange change;
    bool renamed = false;
  };
  core::Expected<InstanceView> view_of(const config::Instance& instance, storage::Reader& reader) const;
  core::Expected<Outcome> keep(storage::Transaction& transaction, const InstanceWish& wish,
                               const accounts::Actor& actor) const;
  core::Expected<void> may_move(storage::Reader& reader, const config::Instance& current) const;

  const Parts parts_;
  std::mutex mutex_;  // one change at a time, so that what is shown is what was kept last
};

}  // namespace kith::daemon
