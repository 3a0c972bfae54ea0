#include "accounts/audit.hpp"

#include <algorithm>

#include "core/encoding.hpp"

namespace kith::accounts {
namespace {

// The limits of the table, in bytes here: never more characters than that.
constexpr std::size_t kMaxName = 320;
constexpr std::size_t kMaxAction = 64;
constexpr std::size_t kMaxClient = 64;
constexpr std::size_t kMaxDetail = 1024;

// At most `limit` bytes of `text`, never half a character.
std::string cut(std::string_view text, std::size_t limit) {
  if (text.size() > limit) {
    std::size_t end = limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text = text.substr(0, end);
  }
  return core::is_valid_utf8(text) ? std::string(text) : "(not UTF-8)";
}

AuditEntry entry_from_row(const storage::Row& row) {
  return {row.integer(0), row.time(1), {row.text(2), row.text(3), row.text(4), row.text(5), row.text(6)}};
}

}  // namespace

AuditLog::AuditLog(storage::Database& database, const core::Clock& clock) : database_(database), clock_(clock) {}

Expected<void> AuditLog::write(storage::Transaction& transaction, const AuditEvent& event) const {
  KITH_TRY(transaction.execute(
      "INSERT INTO audit_log (at, actor, action, subject, client, detail) VALUES (?, ?, ?, ?, ?, ?)",
      {clock_.now(), cut(event.actor, kMaxName), cut(event.action, kMaxAction), cut(event.subject, kMaxName),
       cut(event.client, kMaxClient), cut(event.detail, kMaxDetail)}));
  KITH_TRY(transaction.execute("DELETE FROM audit_log WHERE number <= (SELECT max(number) FROM audit_log) - ?",
                               {kMaxAuditRows}));
  return {};
}

Expected<void> AuditLog::write(const AuditEvent& event) const {
  return database_.write([&](storage::Transaction& transaction) { return write(transaction, event); });
}

Expected<AuditPage> AuditLog::list(std::optional<std::int64_t> before, std::size_t limit,
                                   const AuditFilter& filter) const {
  const auto count = std::clamp<std::size_t>(limit, 1, 500);
  AuditPage page;
  std::string sql = "SELECT number, at, actor, action, subject, client, detail FROM audit_log WHERE number < ?";
  std::vector<storage::Value> values{before.value_or(INT64_MAX)};
  const auto narrow = [&](const char* condition, const auto& wanted) {
    if (!wanted) return;
    sql += condition;
    values.emplace_back(*wanted);
  };
  narrow(" AND actor = ?", filter.actor);
  narrow(" AND action = ?", filter.action);
  narrow(" AND subject = ?", filter.subject);
  narrow(" AND at >= ?", filter.from);
  narrow(" AND at < ?", filter.to);
  sql += " ORDER BY number DESC LIMIT ?";
  values.emplace_back(static_cast<std::int64_t>(count + 1));
  KITH_TRY(database_.read([&](storage::Reader& reader) {
    return reader.query(sql, values, [&](const storage::Row& row) {
      if (page.items.size() == count) {
        page.next = page.items.back().number;
        return false;
      }
      page.items.push_back(entry_from_row(row));
      return true;
    });
  }));
  return page;
}

Expected<std::int64_t> AuditLog::prune() const {
  return database_.write_for<std::int64_t>([&](storage::Transaction& transaction) {
    return transaction.execute("DELETE FROM audit_log WHERE at < ?", {clock_.now() - kAuditLife});
  });
}

}  // namespace kith::accounts
