#pragma once
// A file of this computer into one's own files on the server, so that a later run, from this computer or another, goes
// on with what broke off: what is unfinished there carries the digest of its whole content. One thread.

#include <string>

#include "client/api.hpp"
#include "client/progress.hpp"
#include "core/crypto/sha256.hpp"

namespace kith::client {

// Of all of `source`. Progress is told; conflict when it is interrupted.
[[nodiscard]] core::Expected<core::Digest> digest_of(UploadSource& source, Interruption& interruption,
                                                     Progress& progress);

// The asset that it became, as the API describes it. peer_error when the server then has something else.
[[nodiscard]] core::Expected<core::Json> upload_file(Api& api, const std::string& name, UploadSource& source,
                                                     const core::Digest& digest, Progress& progress);
// The same for what can be read only once and has no known size: one try.
[[nodiscard]] core::Expected<core::Json> upload_stream(Api& api, const std::string& name, int input,
                                                       Progress& progress);

// Upload-Metadata (tus 1.0.0): the name and the digest.
std::string upload_metadata(const std::string& name, const core::Digest& digest);

}  // namespace kith::client
