#include "client/live_lines.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/live_chunks.hpp"
#include "client/safe_name.hpp"
#include "core/encoding.hpp"
#include "core/json.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

constexpr std::size_t kMaxLine = 4096, kMaxKeyText = 64, kMaxText = 1000;
constexpr std::int64_t kMostChunks = std::int64_t{1} << 53;

core::Unexpected senseless() {
  return core::fail(ErrorCode::peer_error,
                    "What the server sends makes no sense: is this the address of a kith server?");
}

template <class Key>
Expected<Key> key(const Json& line, const char* field) {
  KITH_TRY_ASSIGN(text, core::required_text(line, field, kMaxKeyText));
  const auto found = core::from_base64url_as<Key>(text);
  if (!found) return senseless();
  return *found;
}

Expected<LiveOpening> opening(const Json& line) {
  LiveOpening out;
  KITH_TRY_ASSIGN(sender_key, key<core::BoxPublicKey>(line, "public_key"));
  KITH_TRY_ASSIGN(mac, key<core::Mac>(line, "mac"));
  KITH_TRY_ASSIGN(salt, key<LiveSalt>(line, "salt"));
  KITH_TRY_ASSIGN(from, core::required_integer(line, "from", 0, kMostChunks));
  if (const auto chunks = line.find("chunks"); chunks != line.end() && !chunks->is_null()) {
    KITH_TRY_ASSIGN(count, core::required_integer(line, "chunks", 1, kMostChunks));
    out.terms.chunks = static_cast<std::uint64_t>(count);
  }
  out.sender_key = sender_key;
  out.mac = mac;
  out.terms.salt = salt;
  out.terms.from = static_cast<std::uint64_t>(from);
  return out;
}

core::Unexpected told(const Json& error) {
  if (!error.is_object()) return senseless();
  const auto name = core::required_text(error, "code", kMaxText);
  if (!name) return senseless();
  const auto detail = core::optional_text(error, "detail", kMaxText);
  return core::fail(core::error_code_from_name(*name).value_or(ErrorCode::peer_error),
                    detail && *detail ? printable(**detail) : std::string());
}

}  // namespace

Expected<void> LiveLineReader::read(core::ByteView piece) {
  while (!piece.empty()) {
    if (chunk_) {
      piece = take_bytes(piece);
      if (filled_ < sealed_.size()) return {};
      KITH_TRY(taker_.take_chunk(*std::exchange(chunk_, std::nullopt), sealed_));
      continue;
    }
    const auto text = core::as_text(piece);
    const auto end = text.find('\n');
    const auto part = text.substr(0, end);
    if (line_.size() + part.size() >= kMaxLine) return senseless();
    line_.append(part);
    if (end == text.npos) return {};
    piece = piece.subspan(end + 1);
    KITH_TRY(take_line(std::exchange(line_, {})));
  }
  return {};
}

// Copies what of `piece` belongs to the chunk, and returns the rest.
core::ByteView LiveLineReader::take_bytes(core::ByteView piece) {
  const auto count = std::min(piece.size(), sealed_.size() - filled_);
  std::copy_n(piece.begin(), count, sealed_.begin() + static_cast<std::ptrdiff_t>(filled_));
  filled_ += count;
  return piece.subspan(count);
}

Expected<void> LiveLineReader::take_line(std::string_view text) {
  if (text.empty()) return {};  // nothing new
  const auto line = core::parse_json_object(text);
  if (!line) return senseless();
  if (line->contains("chunk")) return begin_chunk(*line);
  if (line->contains("public_key")) {
    const auto opened = opening(*line);
    return opened ? taker_.take_opening(*opened) : senseless();
  }
  if (const auto error = line->find("error"); error != line->end()) return told(*error);
  if (const auto event = line->find("event"); event != line->end()) {
    if (*event == "sender_away") return taker_.take_sender(false);
    if (*event == "sender_back") return taker_.take_sender(true);
  }
  return {};
}

Expected<void> LiveLineReader::begin_chunk(const Json& line) {
  const auto number = core::required_integer(line, "chunk", 0, kMostChunks);
  const auto bytes = core::required_integer(line, "bytes", core::kAeadTag, kLiveSealedPiece);
  if (!number || !bytes) return senseless();
  chunk_ = static_cast<std::uint64_t>(*number);
  sealed_.resize(static_cast<std::size_t>(*bytes));
  filled_ = 0;
  return {};
}

}  // namespace kith::client
