#pragma once
// Assets as JSON on the wire (PROTOCOL.md, "Private API"). Pure. Parsers bound every field, for what they take comes
// from a peer; they fail with bad_request naming the field.

#include <string>
#include <string_view>

#include "federation/shared_assets.hpp"

namespace kith::federation {

std::string render_asset(const SharedAsset& asset);
[[nodiscard]] Expected<SharedAsset> parse_asset(std::string_view text);
std::string render_asset_page(const SharedAssetPage& page);
[[nodiscard]] Expected<SharedAssetPage> parse_asset_page(std::string_view text);

// A strong entity tag (RFC 9110, section 8.8.3) of at most 128 characters of visible ASCII: it goes into headers.
bool is_entity_tag(std::string_view text);

// `sha-256=:…:` (RFC 9530, section 3).
std::string repr_digest_field(const core::Digest& digest);

}  // namespace kith::federation
