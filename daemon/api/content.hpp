#pragma once
// Content of assets as a response: ranges, conditions, digest, name, and nothing a browser would run as a page of ours.

#include "assets/asset.hpp"
#include "daemon/http/message.hpp"
#include "federation/byte_source.hpp"
#include "federation/session/remote_assets.hpp"

namespace kith::daemon {

// `as_download`: always offered for saving; else what browsers show safely (photos, videos, sound, PDF) is shown.
[[nodiscard]] core::Expected<Response> content_response(const Request& request, const assets::AssetContent& content,
                                                        bool as_download);
// Content of an asset elsewhere, fetched as it is sent.
[[nodiscard]] core::Expected<Response> remote_content_response(const Request& request,
                                                               federation::RemoteContent& content);

// A source of federation as a body of the HTTP layer.
std::shared_ptr<BodySource> body_source(std::shared_ptr<federation::ByteSource> source);

}  // namespace kith::daemon
