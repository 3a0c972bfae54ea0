#include "daemon/api/idempotency.hpp"

#include "core/length_prefixed.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::chrono::hours kKept{24};
constexpr std::int64_t kMostKeys = 10'000;
constexpr std::int64_t kMostBytes = 16 << 20;  // of answers kept
constexpr std::size_t kLongestKey = 255;

// What sealed values are called in the vault.
constexpr std::string_view kRequest = "idempotency request";
constexpr std::string_view kAnswer = "idempotency answer";
std::string id_of(const core::UserId& user, std::string_view key) {
  return user.text() + " " + std::string(key);
}

Expected<void> require_room(storage::Reader& reader, const core::UserId& user) {
  std::int64_t keys = 0, bytes = 0;
  KITH_TRY(reader.query("SELECT count(*), coalesce(sum(length(body)), 0) FROM idempotency WHERE user_id = ?",
                        {user.text()}, [&](const auto& row) {
                          keys = row.integer(0);
                          bytes = row.integer(1);
                          return false;
                        }));
  if (keys < kMostKeys && bytes < kMostBytes) return {};
  return tl::make_unexpected(core::Error{ErrorCode::too_many_requests, "Too many idempotency keys within a day.",
                                         std::chrono::hours(1), std::nullopt});
}

}  // namespace

struct Idempotency::Row {
  core::Bytes request;
  std::optional<std::int64_t> status;
  core::Bytes body;
  std::optional<std::string> location;
};

Expected<std::optional<Idempotency::Row>> Idempotency::find(storage::Reader& reader, const core::UserId& user,
                                                            std::string_view key) const {
  std::optional<Row> found;
  KITH_TRY(reader.query("SELECT request, status, body, location FROM idempotency WHERE user_id = ? AND key = ?",
                        {user.text(), key}, [&](const storage::Row& row) {
                          found = Row{row.blob(0), row.optional_integer(1),
                                      row.optional_blob(2).value_or(core::Bytes()), row.optional_text(3)};
                          return false;
                        }));
  if (!found) return found;
  KITH_TRY_ASSIGN(request, vault_.open_sealed(kRequest, id_of(user, key), found->request));
  found->request = std::move(request);
  if (!found->status) return found;
  KITH_TRY_ASSIGN(body, vault_.open_sealed(kAnswer, id_of(user, key), found->body));
  found->body = std::move(body);
  return found;
}

Response Idempotency::Answer::response() const {
  auto out = Response::json(status, body);
  if (location) out.headers.set("Location", *location);
  return out;
}

core::Digest Idempotency::fingerprint(const Request& request) {
  const auto length = request.content_length ? std::to_string(*request.content_length) : std::string();
  return core::labelled_hash("kith idempotency", {method_name(request.method), request.target, length, request.body});
}

Expected<std::optional<Idempotency::Answer>> Idempotency::begin(const core::UserId& user, std::string_view key,
                                                                const core::Digest& request) {
  if (key.empty() || key.size() > kLongestKey) {
    return fail(ErrorCode::bad_request, "Idempotency-Key must have 1 to 255 characters");
  }
  return database_.write_for<std::optional<Answer>>([&](storage::Transaction& transaction)
                                                        -> Expected<std::optional<Answer>> {
    KITH_TRY_ASSIGN(row, find(transaction, user, key));
    if (row) {
      if (row->request != core::to_bytes(request.view())) {
        return fail(ErrorCode::idempotency_mismatch, "Use a fresh Idempotency-Key for another request.");
      }
      if (!row->status) {
        return tl::make_unexpected(core::Error{ErrorCode::conflict, "The first request with this key still runs.",
                                               std::chrono::seconds(5), std::nullopt});
      }
      return Answer{static_cast<int>(*row->status), std::string(core::as_text(row->body)), std::move(row->location)};
    }
    KITH_TRY(require_room(transaction, user));
    KITH_TRY(
        transaction.execute("INSERT INTO idempotency (user_id, key, request, created_at) VALUES (?, ?, ?, ?)",
                            {user.text(), key, vault_.seal(kRequest, id_of(user, key), request.view()), clock_.now()}));
    return std::nullopt;
  });
}

void Idempotency::finish(const core::UserId& user, std::string_view key, const Response* response) {
  const auto* body = response != nullptr ? std::get_if<std::string>(&response->body) : nullptr;
  const bool keep = body != nullptr && response->status >= 200 && response->status < 300;
  // Should this fail, the key stays taken until the next start: the request is then refused, never done twice.
  (void)database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    if (keep) {
      KITH_TRY(
          transaction.execute("UPDATE idempotency SET status = ?, body = ?, location = ? WHERE user_id = ? AND key = ?",
                              {response->status, vault_.seal(kAnswer, id_of(user, key), core::as_bytes(*body)),
                               response->headers.get("Location"), user.text(), key}));
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

Expected<void> Idempotency::forget(const core::UserId& user) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("DELETE FROM idempotency WHERE user_id = ?", {user.text()}));
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
