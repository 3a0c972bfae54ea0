#include "daemon/api/alert_book.hpp"

#include <algorithm>
#include <charconv>

#include "core/encoding.hpp"

namespace kith::daemon {
namespace {

using core::Expected;
using core::Timestamp;

// The limits of the table.
constexpr std::size_t kMaxKind = 64;
constexpr std::size_t kMaxAbout = 320;
constexpr std::size_t kMaxDetail = 1024;
constexpr std::chrono::hours kHour{1};
constexpr std::chrono::milliseconds kPauses[] = {std::chrono::seconds(1), std::chrono::seconds(30)};
constexpr int kMostAttempts = 26;  // three within a minute, then hourly for a day

// At most `limit` bytes of `text`, never half a character.
std::string cut(const std::string& text, std::size_t limit) {
  if (!core::is_valid_utf8(text)) return "(not UTF-8)";
  if (text.size() <= limit) return text;
  auto end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

constexpr std::string_view kColumns = "kind, about, detail, count, first_at, last_at";

Alert alert_from(const storage::Row& row) {
  return {row.text(0), row.text(1), row.text(2), row.integer(3), row.time(4), row.time(5)};
}

// A row with when it was announced last.
struct Known {
  Alert alert;
  Timestamp told_at;
};

Expected<std::optional<Known>> find(storage::Reader& reader, const std::string& kind, const std::string& about) {
  std::optional<Known> found;
  const std::string sql = "SELECT " + std::string(kColumns) + ", told_at FROM alerts WHERE kind = ? AND about = ?";
  KITH_TRY(reader.query(sql, {kind, about}, [&](const storage::Row& row) {
    found = Known{alert_from(row), row.time(6)};
    return false;
  }));
  return found;
}

}  // namespace

Expected<std::vector<Alert>> AlertBook::note(const std::vector<Alert>& raised) {
  std::vector<Alert> announced;
  KITH_TRY(database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    for (const auto& alert : raised) {
      KITH_TRY_ASSIGN(news, note_one(transaction, alert));
      if (news) announced.push_back(std::move(*news));
    }
    return forget_old(transaction);
  }));
  return announced;
}

Expected<std::optional<Alert>> AlertBook::note_one(storage::Transaction& transaction, Alert raised) const {
  raised.kind = cut(raised.kind, kMaxKind);
  raised.about = cut(raised.about, kMaxAbout);
  raised.detail = cut(raised.detail, kMaxDetail);
  const auto now = clock_.now();
  KITH_TRY_ASSIGN(known, find(transaction, raised.kind, raised.about));
  if (!known) {
    KITH_TRY_ASSIGN(flood, too_many_new(transaction, raised.kind));
    if (flood) {
      raised.detail = cut("There are more of this kind than are told one by one. The last is about " + raised.about +
                              ": " + raised.detail,
                          kMaxDetail);
      raised.about = kOthers;
      KITH_TRY_ASSIGN(others, find(transaction, raised.kind, raised.about));
      known = std::move(others);
    }
  }
  const auto tell_at = has_webhook_ ? std::optional(now) : std::nullopt;
  if (!known) {
    KITH_TRY(transaction.execute(
        "INSERT INTO alerts (kind, about, detail, count, first_at, last_at, told_at, tell_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        {raised.kind, raised.about, raised.detail, raised.count, raised.first_at, raised.last_at, now, tell_at}));
    return std::optional(std::move(raised));
  }
  raised.count += known->alert.count;
  raised.first_at = known->alert.first_at;
  KITH_TRY(transaction.execute("UPDATE alerts SET detail = ?, count = ?, last_at = ? WHERE kind = ? AND about = ?",
                               {raised.detail, raised.count, raised.last_at, raised.kind, raised.about}));
  const auto again = raised.about == kOthers ? kHour : kAnnounceAgain;
  // Announced in the future: the clock was wrong then.
  if (now - known->told_at < again && known->told_at <= now) return std::nullopt;
  KITH_TRY(transaction.execute("UPDATE alerts SET told_at = ?, tell_at = ?, attempts = 0 WHERE kind = ? AND about = ?",
                               {now, tell_at, raised.kind, raised.about}));
  return std::optional(std::move(raised));
}

Expected<bool> AlertBook::too_many_new(storage::Reader& reader, const std::string& kind) const {
  std::int64_t count = 0;
  KITH_TRY(reader.query("SELECT count(*) FROM alerts WHERE kind = ? AND about <> ? AND first_at > ?",
                        {kind, kOthers, clock_.now() - kHour}, [&](const storage::Row& row) {
                          count = row.integer(0);
                          return false;
                        }));
  return count >= kMostNew;
}

Expected<void> AlertBook::forget_old(storage::Transaction& transaction) const {
  KITH_TRY(transaction.execute("DELETE FROM alerts WHERE last_at < ?", {clock_.now() - kLife}));
  KITH_TRY(
      transaction.execute("DELETE FROM alerts WHERE rowid IN (SELECT rowid FROM alerts ORDER BY last_at DESC, rowid "
                          "DESC LIMIT -1 OFFSET ?)",
                          {kMostAlerts}));
  return {};
}

Expected<std::optional<AlertBook::Waiting>> AlertBook::waiting() const {
  return database_.read_for<std::optional<Waiting>>([](storage::Reader& reader) -> Expected<std::optional<Waiting>> {
    std::optional<Waiting> found;
    const std::string sql = "SELECT " + std::string(kColumns) +
                            ", tell_at FROM alerts WHERE tell_at IS NOT NULL ORDER BY tell_at, rowid LIMIT 1";
    KITH_TRY(reader.query(sql, {}, [&](const storage::Row& row) {
      found = Waiting{alert_from(row), row.time(6)};
      return false;
    }));
    return found;
  });
}

Expected<void> AlertBook::told(const Alert& alert) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("UPDATE alerts SET tell_at = NULL, attempts = 0 WHERE kind = ? AND about = ?",
                                 {alert.kind, alert.about}));
    return {};
  });
}

Expected<void> AlertBook::not_told(const Alert& alert) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    std::int64_t attempts = 1;
    KITH_TRY(transaction.query("SELECT attempts + 1 FROM alerts WHERE kind = ? AND about = ?",
                               {alert.kind, alert.about}, [&](const storage::Row& row) {
                                 attempts = row.integer(0);
                                 return false;
                               }));
    const auto quick = static_cast<std::int64_t>(std::size(kPauses));
    const std::chrono::milliseconds pause = attempts <= quick ? kPauses[attempts - 1] : kHour;
    const auto next = attempts < kMostAttempts ? std::optional<Timestamp>(clock_.now() + pause) : std::nullopt;
    KITH_TRY(transaction.execute("UPDATE alerts SET tell_at = ?, attempts = ? WHERE kind = ? AND about = ?",
                                 {next, attempts, alert.kind, alert.about}));
    return {};
  });
}

namespace {

// Where a page ended: the time and the number of its last row.
struct Place {
  std::int64_t last_at = INT64_MAX;
  std::int64_t row = INT64_MAX;
};

std::optional<Place> place_of(std::string_view cursor) {
  const auto dot = cursor.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  Place place;
  const auto read = [](std::string_view text, std::int64_t& number) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc{} && end == text.data() + text.size() && !text.empty();
  };
  if (!read(cursor.substr(0, dot), place.last_at) || !read(cursor.substr(dot + 1), place.row)) return std::nullopt;
  return place;
}

}  // namespace

Expected<AlertPage> AlertBook::list(const std::optional<std::string>& cursor, std::size_t limit) const {
  const auto place = cursor ? place_of(*cursor) : Place{};
  if (!place) return core::fail(core::ErrorCode::bad_request, "this cursor is not one of this list");
  const auto count = std::clamp<std::size_t>(limit, 1, 500);
  return database_.read_for<AlertPage>([&](storage::Reader& reader) -> Expected<AlertPage> {
    AlertPage page;
    Place end;
    const std::string sql = "SELECT " + std::string(kColumns) +
                            ", rowid FROM alerts WHERE (last_at, rowid) < (?, ?) ORDER BY last_at DESC, rowid DESC "
                            "LIMIT ?";
    KITH_TRY(reader.query(sql, {place->last_at, place->row, static_cast<std::int64_t>(count + 1)},
                          [&](const storage::Row& row) {
                            if (page.items.size() == count) {
                              page.next = std::to_string(end.last_at) + "." + std::to_string(end.row);
                              return false;
                            }
                            page.items.push_back(alert_from(row));
                            end = {row.integer(5), row.integer(6)};
                            return true;
                          }));
    return page;
  });
}

}  // namespace kith::daemon
