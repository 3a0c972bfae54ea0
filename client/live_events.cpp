#include "client/live_events.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "client/limits.hpp"
#include "core/encoding.hpp"
#include "core/id.hpp"
#include "core/json.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

constexpr std::int64_t kMostChunks = std::int64_t{1} << 53, kMostAttempts = std::int64_t{1} << 31;
constexpr std::size_t kMaxReason = 64, kMaxRequests = 1000, kMaxKeyText = 64;

core::Unexpected senseless() {
  return core::fail(ErrorCode::peer_error, "The server's events make no sense: is this the address of a kith server?");
}

Expected<std::string> request_id(const Json& data) {
  KITH_TRY_ASSIGN(id, core::required_text(data, "request_id", kMaxKeyText));
  if (!core::is_ulid(id)) return senseless();
  return id;
}

template <class Key>
Expected<Key> key(const Json& data, const char* field) {
  KITH_TRY_ASSIGN(text, core::required_text(data, field, kMaxKeyText));
  const auto found = core::from_base64url_as<Key>(text);
  if (!found) return senseless();
  return *found;
}

Expected<LiveNotice> hello(const Json& data) {
  KITH_TRY_ASSIGN(ids, core::required_text_list(data, "requests", kMaxRequests, kMaxKeyText));
  for (const auto& id : ids)
    if (!core::is_ulid(id)) return senseless();
  return LiveHello{std::move(ids)};
}

Expected<LiveNotice> wanted(const Json& data) {
  KITH_TRY_ASSIGN(id, request_id(data));
  KITH_TRY_ASSIGN(file, core::required_integer(data, "file", 0, static_cast<std::int64_t>(kMaxFiles) - 1));
  KITH_TRY_ASSIGN(receiver_key, key<core::BoxPublicKey>(data, "public_key"));
  KITH_TRY_ASSIGN(mac, key<core::Mac>(data, "mac"));
  KITH_TRY_ASSIGN(from, core::required_integer(data, "from", 0, kMostChunks));
  KITH_TRY_ASSIGN(attempt, core::required_integer(data, "attempt", 0, kMostAttempts));
  return LiveWanted{std::move(id), static_cast<std::uint64_t>(file), receiver_key,
                    mac,           static_cast<std::uint64_t>(from), attempt};
}

Expected<LiveNotice> resume(const Json& data) {
  KITH_TRY_ASSIGN(id, request_id(data));
  KITH_TRY_ASSIGN(from, core::required_integer(data, "from", 0, kMostChunks));
  KITH_TRY_ASSIGN(attempt, core::required_integer(data, "attempt", 0, kMostAttempts));
  return LiveResume{std::move(id), static_cast<std::uint64_t>(from), attempt};
}

Expected<LiveNotice> received(const Json& data) {
  KITH_TRY_ASSIGN(id, request_id(data));
  KITH_TRY_ASSIGN(mac, key<core::Mac>(data, "mac"));
  return LiveReceived{std::move(id), mac};
}

Expected<LiveNotice> cancelled(const Json& data) {
  KITH_TRY_ASSIGN(id, request_id(data));
  KITH_TRY_ASSIGN(reason, core::required_text(data, "reason", kMaxReason));
  return LiveCancelled{std::move(id), std::move(reason)};
}

// Nothing for an event that is not known.
Expected<std::optional<LiveNotice>> notice_of(std::string_view name, const Json& data) {
  if (name == "hello") return hello(data);
  if (name == "request") return wanted(data);
  if (name == "resume") return resume(data);
  if (name == "received") return received(data);
  if (name == "cancel") return cancelled(data);
  if (name == "paused") {
    KITH_TRY_ASSIGN(id, request_id(data));
    return LivePaused{std::move(id)};
  }
  if (name == "end") {
    KITH_TRY_ASSIGN(reason, core::required_text(data, "reason", kMaxReason));
    return LiveOver{std::move(reason)};
  }
  return std::nullopt;
}

}  // namespace

Expected<void> LiveEventReader::read(std::string_view piece) {
  while (!piece.empty()) {
    if (std::exchange(after_return_, false) && piece.front() == '\n') {
      piece.remove_prefix(1);
      continue;
    }
    const auto end = piece.find_first_of("\r\n");
    if (line_.size() + std::min(end, piece.size()) > kMaxLiveEvent) return senseless();
    line_.append(piece.substr(0, end));
    if (end == piece.npos) return {};
    after_return_ = piece[end] == '\r';
    piece.remove_prefix(end + 1);
    const auto line = std::exchange(line_, {});
    KITH_TRY(line.empty() ? finish_event() : take_line(line));
  }
  return {};
}

// "name: value"; a line that begins with a colon is a comment.
Expected<void> LiveEventReader::take_line(std::string_view line) {
  const auto colon = line.find(':');
  const auto field = line.substr(0, colon);
  auto value = colon == line.npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") name_ = value;
  if (field != "data") return {};
  if (data_.size() + value.size() + 1 > kMaxLiveEvent) return senseless();
  data_.append(data_.empty() ? "" : "\n").append(value);
  return {};
}

Expected<void> LiveEventReader::finish_event() {
  const auto name = std::exchange(name_, {}), data = std::exchange(data_, {});
  if (name.empty() || data.empty()) return {};
  const auto json = core::parse_json_object(data);
  if (!json) return senseless();
  auto notice = notice_of(name, *json);
  if (!notice) return senseless();
  if (!*notice) return {};
  return take_(std::move(**notice));
}

}  // namespace kith::client
