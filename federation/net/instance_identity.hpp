#pragma once
// Who this instance is: its domain, its name, and its instance key, an Ed25519 key made once at the first start, kept
// sealed in the database and never without it (federation/PROTOCOL.md, "Keys"). Thread-safe; only the name changes.
//
// The domain is bound at the first start: peers know this instance by it. Another one in the configuration later is
// refused with what to do, unless nobody relies on the old one (no connection exists).

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/random.hpp"
#include "federation/key_statement.hpp"
#include "federation/peers.hpp"
#include "storage/database.hpp"
#include "storage/key_vault.hpp"

namespace kith::federation {

struct OwnInstance {
  std::string domain;  // canonical: "a.example", "a.example:8471", "[::1]:8471"
  std::string name;
  std::string software = "kith";
};

class InstanceIdentity {
 public:
  // Loads the key or makes it. `domain_in_use` is asked, inside the same transaction, whether any connection exists;
  // only called when the domain changed. Fails with bad_request for a domain that is not canonical, conflict for one
  // that may not change any more, internal when the sealed key does not open.
  [[nodiscard]] static Expected<std::unique_ptr<InstanceIdentity>> open(
      storage::Database& database, const storage::KeyVault& vault, const core::Clock& clock, core::Random& random,
      OwnInstance own, const std::function<Expected<bool>(storage::Reader&)>& domain_in_use);

  const std::string& domain() const { return own_.domain; }
  std::string name() const;
  // Shown from now on, discovery document included. bad_request as for open(). Keeps nothing: that is the caller's.
  [[nodiscard]] Expected<void> rename(const std::string& name);
  const core::VerifyKey& public_key() const { return key_.public_key(); }
  // 52 characters in 13 groups of 4.
  const std::string& fingerprint() const { return fingerprint_; }
  const core::SigningKey& signing_key() const { return key_; }
  core::Signature sign(core::ByteView message) const { return key_.sign(message); }
  // How the key came about: the oldest first, at most 16; empty for an instance that never changed it.
  const std::vector<KeyStatement>& key_statements() const { return statements_; }
  // The body of GET /.well-known/kith, the same bytes as long as the name stays.
  std::string discovery_document() const;

 private:
  InstanceIdentity(OwnInstance own, Domain domain, core::SigningKey key, std::vector<KeyStatement> statements);
  std::string document_with(const std::string& name) const;

  const OwnInstance own_;  // with the name at open()
  const Domain domain_;
  const core::SigningKey key_;
  const std::vector<KeyStatement> statements_;
  const std::string fingerprint_;
  mutable std::mutex mutex_;  // guards the two below
  std::string name_;
  std::string document_;
};

// Replaces the instance key by a fresh one and adds the statement signed by both, in one transaction. For a stopped
// daemon: a running one goes on with the old key. conflict after 16 statements.
[[nodiscard]] Expected<void> replace_instance_key(storage::Database& database, const storage::KeyVault& vault,
                                                  const core::Clock& clock, core::Random& random);

}  // namespace kith::federation
