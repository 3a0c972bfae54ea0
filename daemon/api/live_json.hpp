#pragma once
// Live transfers as JSON (docs/live.md): what senders and receivers say, read strictly, and what they are told. Pure
// functions.

#include <string>
#include <string_view>
#include <vector>

#include "assets/live_types.hpp"
#include "core/json.hpp"
#include "daemon/api/services.hpp"

namespace kith::daemon {

inline constexpr std::size_t kMaxLiveListing = 128 * 1024;  // bytes of an offer's body
inline constexpr std::size_t kMaxLiveWords = 2 * 1024;      // and of the other bodies

// All fail with bad_request, telling the field.

struct LiveOffer {
  std::vector<assets::LiveFile> files;
  std::optional<assets::LiveMac> mac;
};
[[nodiscard]] core::Expected<LiveOffer> live_offer_in(std::string_view body);

struct LiveWish {
  std::size_t file = 0;
  assets::LiveKey public_key;
  assets::LiveMac mac;
  std::uint64_t from = 0;
};
[[nodiscard]] core::Expected<LiveWish> live_wish_in(std::string_view body);

struct LiveAnswer {
  assets::LiveOpening opening;  // but for what stands in the two below
  std::optional<int> attempt;
  std::optional<std::uint64_t> from;
};
[[nodiscard]] core::Expected<LiveAnswer> live_answer_in(std::string_view body);
[[nodiscard]] core::Expected<assets::LiveMac> live_receipt_in(std::string_view body);

// Decimal digits and nothing else, as they stand in addresses.
[[nodiscard]] core::Expected<std::uint64_t> live_chunk_number(std::string_view text, const char* name);
[[nodiscard]] core::Expected<int> live_attempt(std::string_view text);

core::Json live_made_json(const assets::LiveMade& made, std::string_view public_url);
// `person` and `instance` say whom it comes from.
core::Json live_listing_json(const assets::LiveListing& listing, const std::string& person,
                             const std::string& instance);
// One server-sent event; a comment for a beat.
std::string live_event_text(const assets::LiveEvent& event);
// The line of the receiver's stream, LF included. A chunk's bytes come behind it.
std::string live_item_line(const assets::LiveItem& item);

}  // namespace kith::daemon
