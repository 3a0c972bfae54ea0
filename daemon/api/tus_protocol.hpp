#pragma once
// Words of tus 1.0.0 (https://tus.io/protocols/resumable-upload): its header fields, read strictly. Pure functions; all
// they get comes from strangers.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assets/resumable.hpp"
#include "core/error.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

inline constexpr std::string_view kTusVersion = "1.0.0";
inline constexpr std::string_view kTusExtensions = "creation,creation-with-upload,checksum,expiration,termination";
inline constexpr std::string_view kTusChecksums = "sha1,sha256";
inline constexpr std::string_view kTusContentType = "application/offset+octet-stream";

// Upload-Metadata in order, values decoded: "filename d29ybGQ=,is_private". bad_request unless keys are printable ASCII
// without space and comma, each there once, and values base64.
using TusMetadata = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] core::Expected<TusMetadata> parse_tus_metadata(std::string_view field);

// Upload-Checksum: "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=". bad_request for another algorithm or no digest of its length.
[[nodiscard]] core::Expected<assets::UploadChecksum> parse_tus_checksum(std::string_view field);

// A number of bytes: decimal digits only, less than 2^63.
std::optional<std::uint64_t> parse_tus_number(std::string_view text);

// The number in the only field `name`; bad_request without one.
[[nodiscard]] core::Expected<std::uint64_t> required_tus_number(const Request& request, std::string_view name);

// precondition_failed unless the client speaks kTusVersion.
[[nodiscard]] core::Expected<void> check_tus_version(const Request& request);

// unsupported_media_type unless the body is bytes of an upload.
[[nodiscard]] core::Expected<void> check_tus_content_type(const Request& request);

// The checksum of the body, if the client gives one.
[[nodiscard]] core::Expected<std::optional<assets::UploadChecksum>> tus_checksum_of(const Request& request);

// The method a client means that can send only POST (X-HTTP-Method-Override); nothing for one that makes no sense.
std::optional<Method> overridden_method(const Request& request);

// What a client wants to create: bad_request for anything that is not taken here.
struct TusCreation {
  std::uint64_t size = 0;
  std::optional<std::string> filename;  // of the metadata
  std::string metadata;                 // the field as it came
};
[[nodiscard]] core::Expected<TusCreation> parse_tus_creation(const Request& request);

}  // namespace kith::daemon
