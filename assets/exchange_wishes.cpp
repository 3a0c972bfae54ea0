#include "assets/exchange_wishes.hpp"

#include <algorithm>
#include <set>

#include "assets/file_name.hpp"
#include "assets/limits.hpp"
#include "core/encoding.hpp"

namespace kith::assets {

using core::Expected;

namespace {

core::Unexpected refuse(std::string reason) {
  return core::fail(core::ErrorCode::bad_request, std::move(reason));
}

Expected<void> check_number(const std::optional<std::int64_t>& wish, const char* name, int most) {
  if (wish && (*wish < 1 || *wish > most))
    return refuse(std::string(name) + " must be between 1 and " + std::to_string(most));
  return {};
}

Expected<void> check_life(const std::optional<std::chrono::seconds>& life) {
  if (life && (*life < kShortestExchange || *life > kLongestExchange))
    return refuse("expires_in must be between 60 seconds and 90 days (7776000)");
  return {};
}

// Shown to people: line breaks and tabs are fine, other control characters are not.
Expected<void> check_note(const std::optional<std::string>& note) {
  if (!note) return {};
  if (note->size() > kMaxExchangeNoteBytes || !core::is_valid_utf8(*note))
    return refuse("note must be at most 1000 bytes of valid UTF-8");
  const auto is_control = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f;
  };
  if (std::ranges::any_of(*note, is_control)) return refuse("note has a control character");
  return {};
}

Expected<void> check_password(const std::optional<std::string>& password) {
  if (password &&
      (password->empty() || password->size() > kMaxExchangePasswordBytes || !core::is_valid_utf8(*password)))
    return refuse("password must be 1 to 1024 bytes of valid UTF-8");
  return {};
}

Expected<void> check_assets(const ExchangeWishes& wishes) {
  const auto& ids = wishes.asset_ids;
  if (ids.empty()) return {};
  if (wishes.receive || wishes.encrypted)
    return refuse("an exchange that receives, or is encrypted end to end, can't be filled with asset_ids");
  if (ids.size() > static_cast<std::size_t>(kMaxExchangeFiles)) return refuse("at most 100 asset_ids go together");
  if (std::set(ids.begin(), ids.end()).size() != ids.size()) return refuse("an asset is named twice in asset_ids");
  if (wishes.max_files && *wishes.max_files < static_cast<std::int64_t>(ids.size()))
    return refuse("max_files is less than there are asset_ids");
  return {};
}

}  // namespace

Expected<void> check_wishes(const ExchangeWishes& wishes) {
  KITH_TRY(check_life(wishes.expires_in));
  KITH_TRY(check_number(wishes.max_downloads, "max_downloads", kMaxExchangeDownloads));
  KITH_TRY(check_number(wishes.max_files, "max_files", kMaxExchangeFiles));
  KITH_TRY(check_password(wishes.password));
  KITH_TRY(check_note(wishes.note));
  KITH_TRY(check_assets(wishes));
  if (wishes.max_size && (*wishes.max_size < 1 || *wishes.max_size > INT64_MAX))
    return refuse("max_size must be at least 1 byte");
  if (wishes.receive && wishes.max_downloads)
    return refuse("an exchange that receives has no downloads: leave max_downloads out");
  if (wishes.receive && wishes.encrypted)
    return refuse("files for you can't be encrypted end to end: they land among your files, which the server has");
  return {};
}

Expected<void> check_exchange_file(const Exchange& exchange, std::string_view name,
                                   const std::optional<std::string>& sealed_name) {
  KITH_TRY(check_file_name(name));
  if (sealed_name.has_value() != exchange.encrypted)
    return refuse(exchange.encrypted ? "this exchange is encrypted end to end: sealed_name is needed"
                                     : "sealed_name is for exchanges that are encrypted end to end");
  if (sealed_name &&
      (sealed_name->empty() || sealed_name->size() > kMaxSealedNameBytes || !core::from_base64url(*sealed_name)))
    return refuse("sealed_name must be base64url of at most 2048 characters");
  return {};
}

}  // namespace kith::assets
