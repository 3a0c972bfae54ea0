#pragma once
// Content of assets as a response: ranges, conditions, digest, name, and nothing a browser would run as a page of ours.

#include "assets/asset.hpp"
#include "daemon/http/message.hpp"
#include "daemon/http/range.hpp"
#include "federation/byte_source.hpp"
#include "federation/session/remote_assets.hpp"

namespace kith::daemon {

// `as_download`: always offered for saving; else what browsers show safely (photos, videos, sound, PDF) is shown.
[[nodiscard]] core::Expected<Response> content_response(const Request& request, const assets::AssetContent& content,
                                                        bool as_download);
// The fields that tell of `response`, which is content sent in another way: always offered for saving.
void describe_download(Response& response, std::string_view name, std::string_view media_type,
                       const core::Digest& digest);
// Content as a body that is read piece by piece.
std::shared_ptr<BodySource> blob_body(std::shared_ptr<storage::BlobReader> reader, const ByteRange& range);
// Content of an asset elsewhere, fetched as it is sent.
[[nodiscard]] core::Expected<Response> remote_content_response(const Request& request,
                                                               federation::RemoteContent& content);

// A source of federation as a body of the HTTP layer.
std::shared_ptr<BodySource> body_source(std::shared_ptr<federation::ByteSource> source);

}  // namespace kith::daemon
