#include "daemon/api/idempotency.hpp"

#include "core/length_prefixed.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::chrono::hours kKept{24};
constexpr std::int64_t kMostKeys = 10'000;
constexpr std::size_t kLongestKey = 255;

struct Row {
  core::Bytes request;
  std::optional<std::int64_t> status;
  std::string body;
};

Expected<std::optional<Row>> find(storage::Reader& reader, const core::UserId& user, std::string_view key) {
  std::optional<Row> found;
  KITH_TRY(reader.query("SELECT request, status, body FROM idempotency WHERE user_id = ? AND key = ?",
                        {user.text(), key}, [&](const storage::Row& row) {
                          found = Row{row.blob(0), row.optional_integer(1), row.optional_text(2).value_or("")};
                          return false;
                        }));
  return found;
}

Expected<std::int64_t> count(storage::Reader& reader, const core::UserId& user) {
  std::int64_t number = 0;
  KITH_TRY(reader.query("SELECT count(*) FROM idempotency WHERE user_id = ?", {user.text()}, [&](const auto& row) {
    number = row.integer(0);
    return false;
  }));
  return number;
}

}  // namespace

core::Digest Idempotency::fingerprint(const Request& request) {
  const auto length = request.content_length ? std::to_string(*request.content_length) : std::string();
  return core::labelled_hash("kith idempotency", {method_name(request.method), request.target, length, request.body});
}

Expected<std::optional<Idempotency::Answer>> Idempotency::begin(const core::UserId& user, std::string_view key,
                                                                const core::Digest& request) {
  if (key.empty() || key.size() > kLongestKey) {
    return fail(ErrorCode::bad_request, "Idempotency-Key must have 1 to 255 characters");
  }
  return database_.write_for<std::optional<Answer>>(
      [&](storage::Transaction& transaction) -> Expected<std::optional<Answer>> {
        KITH_TRY_ASSIGN(row, find(transaction, user, key));
        if (row) {
          if (row->request != core::to_bytes(request.view())) {
            return fail(ErrorCode::idempotency_mismatch, "Use a fresh Idempotency-Key for another request.");
          }
          if (!row->status) return fail(ErrorCode::conflict, "The first request with this key is still running.");
          return Answer{static_cast<int>(*row->status), std::move(row->body)};
        }
        KITH_TRY_ASSIGN(kept, count(transaction, user));
        if (kept >= kMostKeys) return fail(ErrorCode::too_many_requests, "Too many idempotency keys within a day.");
        KITH_TRY(transaction.execute("INSERT INTO idempotency (user_id, key, request, created_at) VALUES (?, ?, ?, ?)",
                                     {user.text(), key, request.view(), clock_.now()}));
        return std::nullopt;
      });
}

void Idempotency::finish(const core::UserId& user, std::string_view key, const Response* response) {
  const auto* body = response != nullptr ? std::get_if<std::string>(&response->body) : nullptr;
  const bool keep = body != nullptr && response->status >= 200 && response->status < 300;
  // Should this fail, the key stays taken until the next start: the request is then refused, never done twice.
  (void)database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    if (keep) {
      KITH_TRY(transaction.execute("UPDATE idempotency SET status = ?, body = ? WHERE user_id = ? AND key = ?",
                                   {response->status, *body, user.text(), key}));
    } else {
      KITH_TRY(transaction.execute("DELETE FROM idempotency WHERE user_id = ? AND key = ?", {user.text(), key}));
    }
    return {};
  });
}

Expected<void> Idempotency::forget_unfinished() {
  return database_.write([](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("DELETE FROM idempotency WHERE status IS NULL"));
    return {};
  });
}

Expected<void> Idempotency::sweep() {
  return database_.write([this](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("DELETE FROM idempotency WHERE created_at < ?", {clock_.now() - kKept}));
    return {};
  });
}

}  // namespace kith::daemon
