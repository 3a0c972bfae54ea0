#pragma once
// Secrets at rest: XChaCha20-Poly1305 under the master key, associated data LP(purpose) LP(id)
// (federation/PROTOCOL.md, "Keys"). Thread-safe.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/alerts.hpp"
#include "core/bytes.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "core/secret.hpp"
#include "storage/database.hpp"

namespace kith::storage {

using MasterKey = core::Secret<32, struct MasterKeyTag>;

// The master key: the systemd credential `kith-master-key` ($CREDENTIALS_DIRECTORY) if there is one, else
// <data_dir>/master.key (0600, owned by us). Makes the file only when neither it nor a database is there; a database
// without its key is an error that says how to restore it, never a new identity.
[[nodiscard]] Expected<MasterKey> load_or_create_master_key(const std::filesystem::path& data_dir,
                                                            const std::filesystem::path& database_file,
                                                            core::Random& random);

class KeyVault {
 public:
  // Checks the key against the mark the first start left in the database; a wrong key fails with a clear text.
  // `alerts`, which may be null and must outlive the vault, hears of sealed values that do not open later.
  [[nodiscard]] static Expected<std::unique_ptr<KeyVault>> open(Database& database, MasterKey key, core::Random& random,
                                                                core::Alerts* alerts = nullptr);

  // Pure: what may be stored in any table. `purpose` names the kind of secret, `id` the row, so that a sealed value
  // moved to another row does not open.
  core::Bytes seal(std::string_view purpose, std::string_view id, core::ByteView secret) const;
  // internal when it does not open (damaged, or from another row).
  [[nodiscard]] Expected<core::Bytes> open_sealed(std::string_view purpose, std::string_view id,
                                                  core::ByteView sealed) const;

 private:
  KeyVault(MasterKey key, core::Random& random);
  MasterKey key_;
  core::Random& random_;
  core::Alerts* alerts_ = nullptr;
};

}  // namespace kith::storage
