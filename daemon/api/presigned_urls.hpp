#pragma once
// Makes presigned addresses and tells the good ones. One key signs at a time, for a day; when another takes its place
// it stays for verifying until the last address it signed has run out. Keys lie sealed in the database and outlive a
// restart. Thread-safe; for one process on the database.

#include <chrono>
#include <mutex>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "daemon/api/presigned.hpp"
#include "storage/database.hpp"
#include "storage/key_vault.hpp"

namespace kith::daemon {

inline constexpr std::chrono::hours kPresignedKeyLife{24};
// No address is good for longer.
inline constexpr std::chrono::hours kLongestPresigned{7 * 24};

class PresignedUrls {
 public:
  PresignedUrls(storage::Database& database, const storage::KeyVault& vault, const core::Clock& clock,
                core::Random& random)
      : database_(database), vault_(vault), clock_(clock), random_(random) {}

  // Path and query of an address good until `what.expires_at`, at most kLongestPresigned from now.
  [[nodiscard]] core::Expected<std::string> sign(const Presigned& what);
  // What `target`, path and query as they came, is good for. forbidden when it is not exactly an address we made for
  // this use, or has run out.
  [[nodiscard]] core::Expected<Presigned> verify(PresignedUse use, std::string_view target);
  // Another key signs from now on, if the one that does is a day old; erases those that no good address needs. Called
  // by the scheduler and before signing.
  [[nodiscard]] core::Expected<void> rotate_if_due();

 private:
  struct Key {
    PresignedKeyId id;
    PresignedKey key;
    core::Timestamp created_at;
    std::optional<core::Timestamp> verify_until;  // set: retired
  };

  [[nodiscard]] core::Expected<void> load();
  [[nodiscard]] core::Expected<void> store_fresh(const Key& fresh);
  bool current_is_good() const;
  Key* find(const PresignedKeyId& id);

  storage::Database& database_;
  const storage::KeyVault& vault_;
  const core::Clock& clock_;
  core::Random& random_;
  std::mutex mutex_;  // guards all below
  bool loaded_ = false;
  std::vector<Key> keys_;  // the latest last; a handful
};

}  // namespace kith::daemon
