#pragma once
// What content is: told from its first bytes; the name is asked only where those can't say (kinds of text, and which
// office format a ZIP is). Pure functions.

#include <optional>
#include <string_view>

#include "core/bytes.hpp"

namespace kith::assets {

enum class AssetKind { photo, video, audio, document, other };

std::string_view kind_name(AssetKind kind);
std::optional<AssetKind> kind_from_name(std::string_view name);

// The media type of content that begins with `head` (its first kSniffBytes, or all when it is shorter).
// Markup that a browser would run as a page (HTML, XHTML, SVG, XML) and scripts come out as text/plain, so that no
// reader of the type, here or on a peer, takes them for more. Points to a constant.
std::string_view media_type_of(core::ByteView head, std::string_view name);

AssetKind kind_of(std::string_view media_type);

}  // namespace kith::assets
