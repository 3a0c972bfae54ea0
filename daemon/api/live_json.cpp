#include "daemon/api/live_json.hpp"

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"

namespace kith::daemon {
namespace {

using assets::LiveEvent;
using assets::LiveItem;
using core::ErrorCode;
using core::Expected;
using core::fail;
using core::Json;

constexpr std::size_t kMaxText = 255;  // bytes of a file's name, and more than those of its type
constexpr std::size_t kKeyText = 43;   // 32 bytes in base64url
constexpr std::int64_t kMostBytes = assets::kLiveLargestFile;
constexpr std::int64_t kMostChunks = (std::int64_t{1} << 35) + 1;  // of the largest file, the closing one included
constexpr std::int64_t kMostAttempts = std::numeric_limits<int>::max();

template <class Bytes>
Expected<Bytes> bytes_in(const Json& object, const char* field) {
  KITH_TRY_ASSIGN(text, core::required_text(object, field, kKeyText));
  const auto bytes = core::from_base64url_as<Bytes>(text);
  if (!bytes) return fail(ErrorCode::bad_request, std::string(field) + " must be 32 bytes in base64url");
  return *bytes;
}

// A number that may be unknown: then null stands there.
Expected<std::optional<std::uint64_t>> number_or_null(const Json& object, const char* field, std::int64_t min,
                                                      std::int64_t max) {
  const auto found = object.find(field);
  if (found != object.end() && found->is_null()) return std::nullopt;
  KITH_TRY_ASSIGN(number, core::required_integer(object, field, min, max));
  return static_cast<std::uint64_t>(number);
}

Expected<assets::LiveFile> file_in(const Json& entry) {
  if (!entry.is_object()) return fail(ErrorCode::bad_request, "files must be a list of objects");
  KITH_TRY(core::only_fields(entry, {"name", "size", "type"}));
  KITH_TRY_ASSIGN(name, core::required_text(entry, "name", kMaxText));
  KITH_TRY_ASSIGN(size, number_or_null(entry, "size", 0, kMostBytes));
  KITH_TRY_ASSIGN(type, core::required_text(entry, "type", kMaxText));
  return assets::LiveFile{std::move(name), size, std::move(type)};
}

template <class T>
Json number_json(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

template <class Bytes>
std::string text_of(const Bytes& bytes) {
  return core::to_base64url(bytes.view());
}

Json ids_json(const std::vector<assets::LiveRequestId>& ids) {
  Json out = Json::array();
  for (const auto& id : ids) out.push_back(id.text());
  return out;
}

std::string event_text(const char* name, const Json& data) {
  return "event: " + std::string(name) + "\ndata: " + core::to_json_text(data) + "\n\n";
}

std::string line(const Json& value) {
  return core::to_json_text(value) + "\n";
}

Json opening_json(const assets::LiveOpening& opening) {
  return {{"public_key", text_of(opening.public_key)}, {"mac", text_of(opening.mac)}, {"salt", text_of(opening.salt)},
          {"chunks", number_json(opening.chunks)},     {"from", opening.from},        {"attempt", opening.attempt}};
}

template <class Number>
Expected<Number> number_in(std::string_view text, const char* name, Number most) {
  Number number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || number < 0 || number > most || (text.size() > 1 && text[0] == '0')) {
    return fail(ErrorCode::bad_request, std::string(name) + " must be a whole number, and not as large as that");
  }
  return number;
}

}  // namespace

Expected<LiveOffer> live_offer_in(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxLiveListing}));
  KITH_TRY(core::only_fields(object, {"files", "mac"}));
  LiveOffer offer;
  if (object.contains("mac")) {
    KITH_TRY_ASSIGN(mac, bytes_in<assets::LiveMac>(object, "mac"));
    offer.mac = mac;
  }
  const auto files = object.find("files");
  if (files == object.end() || !files->is_array() || files->empty() || files->size() > assets::kLiveFiles) {
    return fail(ErrorCode::bad_request, "files must be a list of 1 to 100 files");
  }
  for (const auto& entry : *files) {
    KITH_TRY_ASSIGN(file, file_in(entry));
    offer.files.push_back(std::move(file));
  }
  return offer;
}

Expected<LiveWish> live_wish_in(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxLiveWords}));
  KITH_TRY(core::only_fields(object, {"file", "public_key", "mac", "from"}));
  KITH_TRY_ASSIGN(file, core::required_integer(object, "file", 0, assets::kLiveFiles - 1));
  KITH_TRY_ASSIGN(public_key, bytes_in<assets::LiveKey>(object, "public_key"));
  KITH_TRY_ASSIGN(mac, bytes_in<assets::LiveMac>(object, "mac"));
  KITH_TRY_ASSIGN(from, core::optional_integer(object, "from", 0, kMostChunks));
  return LiveWish{static_cast<std::size_t>(file), public_key, mac, static_cast<std::uint64_t>(from.value_or(0))};
}

Expected<LiveAnswer> live_answer_in(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxLiveWords}));
  KITH_TRY(core::only_fields(object, {"public_key", "mac", "salt", "chunks", "attempt", "from"}));
  LiveAnswer answer;
  KITH_TRY_ASSIGN(public_key, bytes_in<assets::LiveKey>(object, "public_key"));
  KITH_TRY_ASSIGN(mac, bytes_in<assets::LiveMac>(object, "mac"));
  KITH_TRY_ASSIGN(salt, bytes_in<assets::LiveSalt>(object, "salt"));
  KITH_TRY_ASSIGN(chunks, number_or_null(object, "chunks", 1, kMostChunks));
  KITH_TRY_ASSIGN(attempt, core::optional_integer(object, "attempt", 0, kMostAttempts));
  KITH_TRY_ASSIGN(from, core::optional_integer(object, "from", 0, kMostChunks));
  answer.opening = {.public_key = public_key, .mac = mac, .salt = salt, .chunks = chunks};
  if (attempt) answer.attempt = static_cast<int>(*attempt);
  if (from) answer.from = static_cast<std::uint64_t>(*from);
  return answer;
}

Expected<assets::LiveMac> live_receipt_in(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxLiveWords}));
  KITH_TRY(core::only_fields(object, {"mac"}));
  return bytes_in<assets::LiveMac>(object, "mac");
}

Expected<std::uint64_t> live_chunk_number(std::string_view text, const char* name) {
  KITH_TRY_ASSIGN(number, number_in<std::int64_t>(text, name, kMostChunks));
  return static_cast<std::uint64_t>(number);
}

Expected<int> live_attempt(std::string_view text) {
  return number_in<int>(text, "attempt", std::numeric_limits<int>::max());
}

Json live_made_json(const assets::LiveMade& made, std::string_view public_url) {
  return {{"live_id", made.id.text()},
          {"code", made.code},
          {"page", std::string(public_url) + "/live/l"},
          {"expires_at", core::format_timestamp(made.expires_at)}};
}

Json live_listing_json(const assets::LiveListing& listing, const std::string& person, const std::string& instance) {
  Json files = Json::array();
  for (const auto& file : listing.files) {
    files.push_back({{"name", file.name}, {"size", number_json(file.size)}, {"type", file.media_type}});
  }
  return {{"live_id", listing.id.text()},
          {"files", std::move(files)},
          {"mac", listing.mac ? Json(text_of(*listing.mac)) : Json(nullptr)},
          {"from", {{"person", person}, {"instance", instance}}},
          {"sender_here", listing.sender_here},
          {"expires_at", core::format_timestamp(listing.expires_at)}};
}

std::string live_event_text(const LiveEvent& event) {
  const auto& id = event.request.text();
  switch (event.kind) {
    case LiveEvent::Kind::hello:
      return event_text("hello", {{"requests", ids_json(event.known)}});
    case LiveEvent::Kind::request:
      return event_text("request", {{"request_id", id},
                                    {"file", event.file},
                                    {"public_key", text_of(event.public_key)},
                                    {"mac", text_of(event.mac)},
                                    {"from", event.from},
                                    {"attempt", event.attempt}});
    case LiveEvent::Kind::resume:
      return event_text("resume", {{"request_id", id}, {"from", event.from}, {"attempt", event.attempt}});
    case LiveEvent::Kind::paused:
      return event_text("paused", {{"request_id", id}});
    case LiveEvent::Kind::received:
      return event_text("received", {{"request_id", id}, {"mac", text_of(event.mac)}});
    case LiveEvent::Kind::cancel:
      return event_text("cancel", {{"request_id", id}, {"reason", event.reason}});
    case LiveEvent::Kind::end:
      return event_text("end", {{"reason", event.reason}});
    case LiveEvent::Kind::beat:
      break;
  }
  return ":\n\n";
}

std::string live_item_line(const LiveItem& item) {
  switch (item.kind) {
    case LiveItem::Kind::opening:
      return line(opening_json(item.opening));
    case LiveItem::Kind::chunk:
      return R"({"chunk":)" + std::to_string(item.number) + R"(,"bytes":)" + std::to_string(item.bytes.size()) + "}\n";
    case LiveItem::Kind::sender_away:
      return line({{"event", "sender_away"}});
    case LiveItem::Kind::sender_back:
      return line({{"event", "sender_back"}});
    case LiveItem::Kind::failed: {
      const auto& row = core::error_info(item.error.code);
      const auto detail = item.error.detail.empty() ? std::string(row.title) : item.error.detail;
      return line({{"error", {{"code", row.name}, {"detail", detail}}}});
    }
    case LiveItem::Kind::beat:
      break;
  }
  return "\n";
}

}  // namespace kith::daemon
