#include "daemon/doctor/state_checks.hpp"

#include <algorithm>

namespace kith::daemon {
namespace {

constexpr std::chrono::days kBackupOld{30};
constexpr std::chrono::days kPeerDownLong{7};
constexpr std::chrono::hours kMailWaitsLong{1};

std::string days_since(core::Timestamp then, core::Timestamp now) {
  return std::to_string(std::max<std::int64_t>(std::chrono::floor<std::chrono::days>(now - then).count(), 0));
}

}  // namespace

Check check_database(const storage::DatabaseLook& look) {
  const auto database = [&](CheckState state, std::string code, std::string text) {
    return Check{"database",
                 state,
                 std::move(code),
                 {{"path", look.file.string()},
                  {"version", std::to_string(look.version)},
                  {"newest", std::to_string(look.newest)}},
                 std::move(text)};
  };
  if (!look.found) return database(CheckState::ok, "not_made", "There is no database yet; the first start makes it.");
  if (!look.problem.empty())
    return database(CheckState::error, "damaged",
                    "The database " + look.file.string() + " is damaged: " + look.problem +
                        ". Stop kithd, keep a copy of the data folder, and restore a backup (kithd restore).");
  if (look.version > look.newest)
    return database(CheckState::error, "newer",
                    "The database was made by a newer kithd (version " + std::to_string(look.version) +
                        ", this program knows " + std::to_string(look.newest) + "). Install that one again.");
  if (!look.finished)
    return database(CheckState::unknown, "not_finished",
                    "Looking through the database took too long; as far as it went, it is sound.");
  if (look.version < look.newest)
    return database(CheckState::ok, "older", "The database is sound; the next start of kithd brings it up to date.");
  return database(CheckState::ok, "ok", "The database is sound and up to date.");
}

Check check_master_key(const MasterKeyFacts& facts) {
  const auto key = [](CheckState state, std::string code, std::string text) {
    return Check{"master_key", state, std::move(code), {}, std::move(text)};
  };
  if (!facts.database)
    return key(CheckState::ok, "not_made", "There is no database yet; the first start makes the key.");
  if (!facts.problem.empty()) return key(CheckState::error, "wrong", facts.problem);
  if (!facts.could_look)
    return key(CheckState::unknown, "not_readable", "The database could not be opened, so the key could not be tried.");
  return key(CheckState::ok, "ok", "The master key opens the database. Keep a copy of it apart from the backups.");
}

Check check_mail_state(const MailFacts& facts, core::Timestamp now) {
  CheckValues values{{"waiting", std::to_string(facts.waiting)}, {"last_error", facts.last_error}};
  if (facts.oldest_at) values["oldest_at"] = core::format_timestamp(*facts.oldest_at);
  const auto mail = [&](CheckState state, std::string code, std::string text) {
    return Check{"mail", state, std::move(code), values, std::move(text)};
  };
  if (!facts.problem.empty()) return mail(CheckState::error, "not_usable", facts.problem);
  if (!facts.configured)
    return mail(CheckState::ok, "not_configured",
                "No mail server is set (mail.smtp_url): mails are files in the outbox folder, for you to hand on.");
  const bool long_ago = facts.oldest_at && now - *facts.oldest_at > kMailWaitsLong;
  if (facts.waiting > 0 && long_ago)
    return mail(CheckState::warning, "waiting",
                std::to_string(facts.waiting) + " mails wait, the oldest since " +
                    core::format_timestamp(*facts.oldest_at) +
                    (facts.last_error.empty() ? "" : "; the last try failed: " + facts.last_error) +
                    ". Check the settings under mail, and that the mail server works.");
  return mail(CheckState::ok, "ok", "Mails go out by the mail server.");
}

Check check_photos(const std::optional<std::string>& problem) {
  if (problem)
    return {"photos",
            CheckState::error,
            "cannot_start",
            {{"problem", *problem}},
            "Photos are not looked at: " + *problem + ". Install the package again."};
  return {"photos", CheckState::ok, "ok", {}, "The program that looks at photos works."};
}

Check check_backup(const BackupFacts& facts, core::Timestamp now) {
  if (!facts.last_at && !facts.anything)
    return {"backup", CheckState::ok, "nothing_yet", {}, "Nothing is stored yet that would need a backup."};
  if (!facts.last_at)
    return {"backup",
            CheckState::warning,
            "never",
            {},
            "No backup was ever made. Make one, best every night: kithd backup DIR, onto another disk."};
  const auto age = days_since(*facts.last_at, now);
  const CheckValues values{{"last_at", core::format_timestamp(*facts.last_at)}, {"days", age}};
  if (now - *facts.last_at > kBackupOld)
    return {
        "backup", CheckState::warning, "old", values,
        "The last backup is " + age + " days old. Make one, and see to it that it happens by itself: kithd backup DIR"};
  return {"backup", CheckState::ok, "ok", values,
          "The last backup was made on " + core::format_timestamp(*facts.last_at) + "."};
}

Check check_content(std::int64_t damaged) {
  const CheckValues values{{"damaged", std::to_string(damaged)}};
  if (damaged > 0)
    return {"content", CheckState::error, "damaged", values,
            std::to_string(damaged) +
                " of the stored files are no longer what was uploaded: the disk may be failing. Run "
                "kithd verify to see which, and restore them from a backup."};
  return {"content", CheckState::ok, "ok", values, "No stored file is known to be damaged."};
}

Check check_peers(const std::vector<DownPeer>& down, core::Timestamp now) {
  const auto is_long = [&](const DownPeer& peer) { return now - peer.since > kPeerDownLong; };
  const auto count = std::ranges::count_if(down, is_long);
  if (count == 0) return {"peers", CheckState::ok, "ok", {}, "No other instance has been away for long."};
  const auto& longest = *std::ranges::min_element(down, {}, &DownPeer::since);
  return {"peers",
          CheckState::warning,
          "down",
          {{"count", std::to_string(count)},
           {"domain", longest.domain},
           {"since", core::format_timestamp(longest.since)},
           {"last_error", longest.last_error}},
          std::to_string(count) + " other instances have not answered for more than a week, " + longest.domain +
              " for the longest (" + days_since(longest.since, now) +
              " days). Ask its people; a connection that is over "
              "can be ended."};
}

}  // namespace kith::daemon
