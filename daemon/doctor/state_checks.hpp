#pragma once
// What can be wrong with what the daemon keeps and runs: database, master key, mails, photos, backups, content, peers.
// Facts in, verdict out: pure.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "daemon/doctor/check.hpp"
#include "storage/database_look.hpp"

namespace kith::daemon {

Check check_database(const storage::DatabaseLook& look);

struct MasterKeyFacts {
  bool database = false;   // there is one, so a key is needed
  std::string problem;     // why the key can't be had, or does not open the database; empty: it does
  bool could_look = true;  // false: the database could not be opened
};
Check check_master_key(const MasterKeyFacts& facts);

struct MailFacts {
  bool configured = false;  // a mail server; else mails are files in the outbox
  std::string problem;      // of the configuration, as a start would tell it
  std::int64_t waiting = 0;
  std::optional<core::Timestamp> oldest_at;  // when the one that waits longest was written
  std::string last_error;
};
Check check_mail_state(const MailFacts& facts, core::Timestamp now);

// `problem`: why a picture could not be looked at; nothing: it could.
Check check_photos(const std::optional<std::string>& problem);

struct BackupFacts {
  bool anything = false;  // there is content worth one
  std::optional<core::Timestamp> last_at;
};
Check check_backup(const BackupFacts& facts, core::Timestamp now);

// `damaged`: contents known to be no longer what was stored.
Check check_content(std::int64_t damaged);

struct DownPeer {
  std::string domain;
  core::Timestamp since{};
  std::string last_error;
};
// Those that somebody here has a connection with and that do not answer, the longest first.
Check check_peers(const std::vector<DownPeer>& down, core::Timestamp now);

}  // namespace kith::daemon
